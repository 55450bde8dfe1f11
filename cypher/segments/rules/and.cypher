// Connective of two conditions.
AND
