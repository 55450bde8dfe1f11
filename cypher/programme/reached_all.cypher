// Notes that these versions of the programme have come to all customers.
// Parameters: batch.versions. Columns: none. Index: programme_version.
UNWIND $batch.versions AS version
MATCH (v:ProgrammeVersion {version: version})
SET v.reachedAll = datetime()
