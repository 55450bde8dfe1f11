// Entries of the audit chain behind a place, the earliest first; optionally of one actor, or about one customer.
// Parameters: above, actor, customer, size. Columns: sequence, content, hash. Index: audit_entry_sequence.
MATCH (a:AuditEntry)
WHERE
  a.sequence > $above
  AND ($actor IS NULL OR a.actor = $actor)
  AND ($customer IS NULL OR a.content CONTAINS $customer)
RETURN a.sequence AS sequence, a.content AS content, a.hash AS hash
ORDER BY a.sequence
LIMIT $size
