// One node per accepted event: the receipt that makes intake idempotent. CREATE, so that a second writer fails and retries.
// Parameters: batch.events [{key, record, at, props}]; batch.now. Index: event_key, source_record_key.
UNWIND $batch.events AS row
CREATE (e:Event {
  key: row.key,
  type: row.props.type,
  at: datetime(row.at),
  receivedAt: datetime($batch.now),
  source: row.props.source,
  brand: row.props.brand,
  channel: row.props.channel,
  name: row.props.name,
  sealed: row.props.sealed
})
WITH e, row
WHERE row.record IS NOT NULL
MATCH (r:SourceRecord {key: row.record})
CREATE (r)-[:SENT]->(e)
