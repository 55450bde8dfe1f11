// Appends entries to the audit chain, which the transaction has locked, and moves its end.
// Parameters: rows [{sequence, at, content, actor, hash}], sequence, hash. Index: audit_chain_id.
UNWIND $rows AS row
CREATE (:AuditEntry {sequence: row.sequence, at: datetime(row.at), content: row.content, actor: row.actor, hash: row.hash})
WITH count(*) AS added
MATCH (h:AuditChain {id: 'chain'})
SET h.sequence = $sequence, h.hash = $hash
