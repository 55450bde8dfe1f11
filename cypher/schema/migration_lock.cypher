// Takes the one migration lock (a write lock on a single node) and returns the applied migrations.
// Columns: version, name, checksum. Index: migrations_id.
// allows: Eager (a handful of migrations)
MERGE (lock:Migrations {id: 'lock'})
SET lock.touchedAt = datetime()
WITH lock
OPTIONAL MATCH (lock)-[:APPLIED]->(m:Migration)
RETURN m.version AS version, m.name AS name, m.checksum AS checksum
ORDER BY version
