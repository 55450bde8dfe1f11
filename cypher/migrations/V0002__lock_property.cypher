// Neo4j ignores REMOVE n._lock, and takes no lock, while no node has ever had that property: this one has it for good.
MERGE (lock:Migrations {id: 'lock'}) SET lock._lock = true;
