// Negation of a condition; every condition is true or false, never null.
NOT
