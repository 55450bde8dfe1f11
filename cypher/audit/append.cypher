// Appends entries to the audit chain, behind its lock, if it ends where they were linked to it; else it writes nothing.
// Parameters: batch {after, afterHash: the end that the entries follow; rows [{sequence, at, content, actor, hash}];
// sequence, hash: the end that they make}. Columns: sequence, hash: where the chain ends now. Index: audit_chain_id.
// allows: Eager (one node; rows of one batch)
MERGE (h:AuditChain {id: 'chain'})
  ON CREATE SET h.sequence = 0, h.hash = ''
REMOVE h._lock
WITH h
CALL (h) {
  WITH h
  WHERE h.sequence = $batch.after AND h.hash = $batch.afterHash
  UNWIND $batch.rows AS row
  CREATE (:AuditEntry {sequence: row.sequence, at: datetime(row.at), content: row.content, actor: row.actor, hash: row.hash})
  WITH h, count(*) AS added
  SET h.sequence = $batch.sequence, h.hash = $batch.hash
}
RETURN h.sequence AS sequence, h.hash AS hash
