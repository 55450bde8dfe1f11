// Locks the end of the audit chain and returns it; creates it where it is missing.
// Parameters: none. Columns: sequence, hash. Index: audit_chain_id.
// allows: Eager (one node)
MERGE (h:AuditChain {id: 'chain'})
  ON CREATE SET h.sequence = 0, h.hash = ''
REMOVE h._lock
RETURN h.sequence AS sequence, h.hash AS hash
