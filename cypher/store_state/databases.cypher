// The databases of this Neo4j, and why one of them did not come up.
// Parameters: none. Columns: name, status, message. Index: none.
SHOW DATABASES YIELD name, currentStatus, statusMessage
RETURN name, currentStatus AS status, statusMessage AS message
