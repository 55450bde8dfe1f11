// Entries of the audit chain after a place, in order, for the check of the chain.
// Parameters: above, size. Columns: sequence, at (milliseconds since 1970), actor, content, hash. Index: audit_entry_sequence.
MATCH (a:AuditEntry)
WHERE a.sequence > $above
RETURN a.sequence AS sequence, a.at.epochMillis AS at, a.actor AS actor, a.content AS content, a.hash AS hash
ORDER BY a.sequence
LIMIT $size
