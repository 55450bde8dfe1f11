// Condition: visits over the whole life.
// Expects: c. Parameters: leaf {min, max}.
c.visits >= $leaf.min AND c.visits <= $leaf.max
