"""Access to Neo4j: connections, statements, retries, the scope of a request, traces, shared reads, migrations."""
