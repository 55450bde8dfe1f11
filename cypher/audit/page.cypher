// Entries of the audit chain before a place, the latest first; optionally of one actor, or about one customer.
// Parameters: below, actor, customer, size. Columns: sequence, content, hash. Index: audit_entry_sequence.
MATCH (a:AuditEntry)
WHERE
  a.sequence < $below
  AND ($actor IS NULL OR a.actor = $actor)
  AND ($customer IS NULL OR a.content CONTAINS $customer)
RETURN a.sequence AS sequence, a.content AS content, a.hash AS hash
ORDER BY a.sequence DESC
LIMIT $size
