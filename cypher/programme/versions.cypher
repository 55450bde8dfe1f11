// All published versions of the programme.
// Parameters: none. Columns: version, starts, text, publishedAt, publishedBy. Index: programme_version.
MATCH (v:ProgrammeVersion)
WHERE v.version > 0
RETURN
  v.version AS version,
  toString(v.starts) AS starts,
  v.text AS text,
  toString(v.publishedAt) AS publishedAt,
  v.publishedBy AS publishedBy
ORDER BY version
