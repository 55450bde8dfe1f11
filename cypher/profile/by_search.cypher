// Finder: customers by number, by any of several identifiers or by name, and by parts of these; the latest guest first.
// Parameters: find {number, keys, nameKey, parts, account, family, order, at, key, size, back, anyCard}; at and key
// are the cursor's; anyCard: a card that is blocked finds its guest, too. Gives: c.
// Index: customer_number, identifier_key, customer_name_key, identifier_part, source_record_id_part,
// customer_family_key, customer_family_start, customer_family_end, transaction_order_id.
CALL () {
  MATCH (:Customer {number: $find.number})-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'})
  RETURN c
  UNION
  UNWIND $find.keys AS key
  MATCH (i:Identifier {key: key, blocked: false})<-[:HAS_IDENTIFIER]-(r:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
  WHERE r.kind <> 'several' AND (i.cardBlockedAt IS NULL OR $find.anyCard)
  RETURN c
  UNION
  MATCH (c:Customer {nameKey: $find.nameKey, status: 'active'})
  RETURN c
  UNION
  UNWIND $find.parts AS part
  MATCH (:Identifier {part: part, blocked: false})<-[:HAS_IDENTIFIER]-(r:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
  WHERE r.kind <> 'several'
  RETURN c
  UNION
  MATCH (:SourceRecord {idPart: $find.account})-[:RESOLVED_TO]->(c:Customer)
  RETURN c
  UNION
  MATCH (c:Customer {familyKey: $find.family, status: 'active'})
  RETURN c
  UNION
  MATCH (c:Customer {familyStart: $find.family, status: 'active'})
  RETURN c
  UNION
  MATCH (c:Customer {familyEnd: $find.family, status: 'active'})
  RETURN c
  UNION
  MATCH (:Transaction {orderId: $find.order})<-[:MADE]-(:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
  RETURN c
}
WITH c, coalesce(c.lastVisitAt, c.createdAt).epochMillis AS at
WHERE
  $find.at IS NULL
  OR CASE
    WHEN $find.back THEN at > $find.at OR (at = $find.at AND c.number > $find.key)
    ELSE at < $find.at OR (at = $find.at AND c.number < $find.key)
  END
WITH c, at
ORDER BY
  CASE WHEN $find.back THEN at ELSE -at END,
  CASE WHEN $find.back THEN c.number END,
  CASE WHEN $find.back THEN null ELSE c.number END DESC
LIMIT $find.size
WITH c
