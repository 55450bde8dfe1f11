// Identifiers that several records have, for an agent that decides at random.
// Parameters: none. Columns: key, shared. Index: none.
// allows: NodeByLabelScan (a benchmark's sample)
MATCH (i:Identifier)
WHERE COUNT { (i)<--() } > 1
RETURN i.key AS key, i.shared AS shared
ORDER BY key
