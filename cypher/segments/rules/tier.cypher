// Condition: one of several tiers.
// Expects: c. Parameters: leaf {tiers}.
coalesce(c.tier IN $leaf.tiers, false)
