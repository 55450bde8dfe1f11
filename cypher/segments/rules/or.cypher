// Connective of two conditions.
OR
