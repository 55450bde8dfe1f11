// Condition: a brand was visited.
// Expects: c. Parameters: leaf {brand}.
$leaf.brand IN coalesce(c.brands, [])
