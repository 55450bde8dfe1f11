// Part: customers that share evidence with this one and are different people, and why.
// Expects: c. Column: part.
COLLECT {
  MATCH (c)-[apart:KEPT_APART]-(other:Customer)
  RETURN {
    number: other.number,
    rule: apart.rule,
    type: apart.type,
    detail: apart.detail,
    at: toString(apart.at)
  }
  ORDER BY other.number, apart.rule, apart.type
  LIMIT 100
} AS part
