// Condition: spend over the whole life in the group's main currency.
// Expects: c. Parameters: leaf {min, max} in minor units. Index: customer_spend.
c.spendMinor >= $leaf.min AND c.spendMinor <= $leaf.max
