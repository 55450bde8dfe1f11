// Condition: the customer visited a brand.
// Expects: c. Parameters: leaf {brand}.
$leaf.brand IN coalesce(c.brands, [])
