// Books bonuses of orders, or takes them back, with the sums of their records and customers. Bonuses and tiers of the
// customers are up to date then.
// Parameters: batch.entries [{key, record, cause (transaction), at, points, kind, brand, reason, expires, account, rule,
// version}], batch.records [{key, stats}], batch.customers [{number, stats, points}], batch.done [{number, tier, due (when the
// tier falls, or null)}], all sorted.
// Index: ledger_entry_key, source_record_key, transaction_key, customer_number.
// allows: Eager (rows of one batch)
CALL () {
  UNWIND $batch.entries AS row
  MATCH (r:SourceRecord {key: row.record})
  MATCH (t:Transaction {key: row.cause})
  CREATE (r)-[:BOOKED]->(:LedgerEntry {
    key: row.key,
    points: row.points,
    kind: row.kind,
    brand: row.brand,
    at: datetime(row.at),
    reason: row.reason,
    expires: date(row.expires),
    account: row.account,
    rule: row.rule,
    version: row.version
  })-[:FOR]->(t)
}
CALL () {
  UNWIND $batch.records AS row
  MATCH (r:SourceRecord {key: row.key})
  SET r.stats = row.stats
}
CALL () {
  UNWIND $batch.customers AS row
  MATCH (c:Customer {number: row.number})
  SET c.stats = row.stats, c.points = row.points, c.segmentsPending = true
}
CALL () {
  UNWIND $batch.done AS row
  MATCH (c:Customer {number: row.number})
  SET
    c.segmentsPending = CASE WHEN c.tier = row.tier THEN c.segmentsPending ELSE true END,
    c.tier = row.tier,
    c.tierDue = datetime(row.due)
  REMOVE c.bonusesPending, c.tierBefore
}
