// The version of this Neo4j and the time of its clock.
// Parameters: none. Columns: version, now (milliseconds since 1970). Index: none.
CALL dbms.components() YIELD name, versions
WHERE name = 'Neo4j Kernel'
RETURN versions[0] AS version, datetime.realtime().epochMillis AS now
