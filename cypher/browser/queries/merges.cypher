// Numbers that were retired by a merge and the people they answer with now.
// Parameters: none. Columns: path. Index: none, it stops at its limit.
// allows: DirectedRelationshipTypeScan (it stops at LIMIT)
MATCH path = ()-[:MERGED_INTO]->()
RETURN path
LIMIT 40
