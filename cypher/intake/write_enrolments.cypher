// Writes when and where source records joined the loyalty programme: of several enrolments of one record, the first.
// Parameters: batch.enrolments [{record, clock, at, brand, store, channel}], sorted.
// Index: source_record_key.
// allows: Eager (rows of one batch)
UNWIND $batch.enrolments AS row
MATCH (r:SourceRecord {key: row.record})
WHERE r.enrolledClock IS NULL OR r.enrolledClock > row.clock
SET
  r.enrolledClock = row.clock,
  r.enrolledAt = datetime(row.at),
  r.enrolledBrand = row.brand,
  r.enrolledStore = row.store,
  r.enrolledChannel = row.channel
