// Writes commands with their ledger entries, holds that began or ended, and the sums of their records, customers and limits.
// Parameters: batch.commands [{key, record, of, kind, asked, actor, brand, until, at, props, limits [[key, amount]]}]: their
// props {reward, coupon, code, sealed, worth, currency, store, channel, off, points, expires, reason, pending, till, soldAt,
// sold, missing, flag}, each only where there is one; pending: a proposal, until a command that follows it;
// batch.entries [{key, record, cause (command), at, points, kind, brand, reason, expires, account}], batch.held and
// batch.ended [command], batch.records [{key, stats}], batch.customers [{number, stats, points}] and batch.limits [{key,
// used, holds}], all three sorted.
// Index: points_command_key, ledger_entry_key, source_record_key, customer_number, limit_key.
// allows: Eager (rows of one batch; a follower finds its first command)
CALL () {
  UNWIND $batch.commands AS row
  MATCH (r:SourceRecord {key: row.record})
  CREATE (r)-[:COMMANDED]->(k:PointsCommand {
    key: row.key,
    kind: row.kind,
    asked: row.asked,
    actor: row.actor,
    brand: row.brand,
    until: datetime(row.until),
    at: datetime(row.at)
  })
  SET k += row.props
  WITH k, row
  CALL (k, row) {
    UNWIND row.limits AS take
    MATCH (l:Limit {key: take[0]})
    CREATE (k)-[:TAKES {amount: take[1]}]->(l)
  }
  WITH k, row
  WHERE row.of IS NOT NULL
  MATCH (first:PointsCommand {key: row.of})
  CREATE (k)-[:OF]->(first)
  REMOVE first.pending
}
CALL () {
  UNWIND $batch.entries AS row
  MATCH (r:SourceRecord {key: row.record})
  MATCH (k:PointsCommand {key: row.cause})
  CREATE (r)-[:BOOKED]->(:LedgerEntry {
    key: row.key,
    points: row.points,
    kind: row.kind,
    brand: row.brand,
    at: datetime(row.at),
    reason: row.reason,
    expires: date(row.expires),
    account: row.account
  })-[:FOR]->(k)
}
CALL () {
  UNWIND $batch.held AS key
  MATCH (k:PointsCommand {key: key})<-[:COMMANDED]-(r:SourceRecord)
  CREATE (r)-[:HOLDS]->(k)
}
CALL () {
  UNWIND $batch.ended AS key
  MATCH (:PointsCommand {key: key})<-[old:HOLDS]-(:SourceRecord)
  DELETE old
}
CALL () {
  UNWIND $batch.limits AS row
  MATCH (l:Limit {key: row.key})
  SET l.used = row.used, l.holds = row.holds
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
