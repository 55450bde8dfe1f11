// After the finder: only a customer whom the caller's brands have met. `shownBrands`: the caller's, and those that opened
// their part of the profile with the guest's consent, if policy lets them; `whole`: the guest opened all.
// Parameters: view {shared} and those of templates/brand_view/record. Gives: c, shownBrands, whole.
WITH c, CASE WHEN $view.shared THEN coalesce(c.openBrands, []) ELSE [] END AS openBrands
WITH c, $view.brands + openBrands AS shownBrands, '*' IN openBrands AS whole
WHERE EXISTS { (c)<-[:RESOLVED_TO]-(node:SourceRecord) WHERE CONDITION }
