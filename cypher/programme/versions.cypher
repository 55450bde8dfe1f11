// The published versions of the programme with higher numbers than one that is known.
// Parameters: after (a number). Columns: version, starts, text, publishedAt, publishedBy. Index: programme_version.
MATCH (v:ProgrammeVersion)
WHERE v.version > $after
RETURN
  v.version AS version,
  toString(v.starts) AS starts,
  v.text AS text,
  toString(v.publishedAt) AS publishedAt,
  v.publishedBy AS publishedBy
ORDER BY version
