// Entries of the audit chain behind a place, the earliest first; optionally of one actor, or about one customer.
// Both are looked for in the content, which the chain covers: a quote inside a text is escaped there.
// Parameters: above, actor, customer, size. Columns: sequence, content, hash. Index: audit_entry_sequence.
MATCH (a:AuditEntry)
WHERE
  a.sequence > $above
  AND ($actor IS NULL OR a.content CONTAINS $actor)
  AND ($customer IS NULL OR split(split(a.content, '"customers":[')[1], ']')[0] CONTAINS $customer)
RETURN a.sequence AS sequence, a.content AS content, a.hash AS hash
ORDER BY a.sequence
LIMIT $size
