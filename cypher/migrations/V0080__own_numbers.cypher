// Source records that agents' decisions tie or part remember their own number: that of their customer before the first
// of these decisions. Undoing the decisions gives it back.
MATCH (d:Decision {active: true})-[:ABOUT]->(about)
WHERE d.field IS NULL
UNWIND CASE WHEN about:SourceRecord THEN [about] ELSE [(about)<-[:HAS_IDENTIFIER]-(r:SourceRecord) | r] END AS tied
WITH tied.component AS component, min(d.at) AS decided
MATCH (r:SourceRecord {component: component})
WHERE r.ownNumber IS NULL
CALL (r, decided) {
  MATCH (r)-[stay:RESOLVED_TO|WAS_RESOLVED_TO]->(c:Customer)
  WHERE stay.since < decided AND coalesce(stay.until, decided) >= decided
  RETURN c
  ORDER BY stay.since DESC
  LIMIT 1
}
SET r.ownNumber = [c.number, toString(c.createdAt)];
