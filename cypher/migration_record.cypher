// Records one applied migration. Parameters: version, name, checksum.
MATCH (lock:Migrations {id: 'lock'})
MERGE (lock)-[:APPLIED]->(m:Migration {version: $version})
ON CREATE SET m.name = $name, m.checksum = $checksum, m.appliedAt = datetime()
