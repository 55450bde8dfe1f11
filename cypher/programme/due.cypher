// The versions of the programme that have started, and that no process has brought to all customers yet: a minute after
// their publication, when no commit is left that does not know them.
// Parameters: none. Columns: versions. Index: programme_version.
MATCH (v:ProgrammeVersion)
WHERE v.version > 0 AND v.starts <= datetime() AND v.reachedAll IS NULL AND v.publishedAt <= datetime() - duration('PT1M')
RETURN collect(v.version) AS versions
