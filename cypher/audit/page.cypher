// Entries of the audit chain before a place, the latest first; optionally of one actor, or about one customer.
// Both are looked for in the content, which the chain covers: a quote inside a text is escaped there.
// Parameters: below, actor, customer, size. Columns: sequence, content, hash. Index: audit_entry_sequence.
MATCH (a:AuditEntry)
WHERE
  a.sequence < $below
  AND ($actor IS NULL OR a.content CONTAINS $actor)
  AND ($customer IS NULL OR split(split(a.content, '"customers":[')[1], ']')[0] CONTAINS $customer)
RETURN a.sequence AS sequence, a.content AS content, a.hash AS hash
ORDER BY a.sequence DESC
LIMIT $size
