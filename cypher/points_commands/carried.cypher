// Which rows of balances were carried over before, whom the rows name, and whether their brand is known.
// Parameters: batch.rows [{key, number, record, identifier, brand}]. A row names a member in one of three ways.
// Columns: rows [{key, asked, numbers, brandKnown}]. asked: of the command that carried the row over, or null; numbers: the
// customers that the row may name: at most two, as two are already ambiguous.
// Index: points_command_key, customer_number, source_record_key, identifier_key, brand_id.
UNWIND $batch.rows AS row
OPTIONAL MATCH (k:PointsCommand {key: row.key})
OPTIONAL MATCH (:SourceRecord {key: row.record})-[:RESOLVED_TO]->(by_record:Customer)
OPTIONAL MATCH (:Customer {number: row.number})-[:MERGED_INTO*0..10000]->(by_number:Customer {status: 'active'})
RETURN collect({
  key: row.key,
  asked: k.asked,
  numbers: CASE
    WHEN row.identifier IS NULL THEN [one IN [coalesce(by_record.number, by_number.number)] WHERE one IS NOT NULL]
    ELSE COLLECT {
      MATCH (:Identifier {key: row.identifier, blocked: false})<-[:HAS_IDENTIFIER]-(r:SourceRecord)
      MATCH (r)-[:RESOLVED_TO]->(c:Customer)
      WHERE r.kind <> 'several'
      RETURN DISTINCT c.number
      LIMIT 2
    }
  END,
  brandKnown: EXISTS { MATCH (:Brand {id: row.brand}) }
}) AS rows
