// Records one applied migration.
// Parameters: version, name, checksum. Index: migrations_id.
MATCH (lock:Migrations {id: 'lock'})
MERGE (lock)-[:APPLIED]->(m:Migration {version: $version})
ON CREATE SET m.name = $name, m.checksum = $checksum, m.appliedAt = datetime()
