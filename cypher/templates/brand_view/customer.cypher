// After the finder: only a customer whom the caller's brands have met; `whole`, where policy and the customer's own
// consent let them see what other brands know.
// Parameters: view {shared, consent} and those of templates/brand_view/record. Gives: c, whole.
WITH c, $view.shared AND coalesce(c.consents, '') CONTAINS $view.consent AS whole
WHERE EXISTS { (c)<-[:RESOLVED_TO]-(node:SourceRecord) WHERE CONDITION }
