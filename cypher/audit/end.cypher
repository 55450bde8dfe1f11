// Where the audit chain ends; no row where the chain is empty.
// Parameters: none. Columns: sequence, hash. Index: audit_chain_id.
MATCH (h:AuditChain {id: 'chain'})
RETURN h.sequence AS sequence, h.hash AS hash
