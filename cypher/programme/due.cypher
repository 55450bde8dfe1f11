// The versions of the programme that have started, and that no process has brought to all customers yet.
// Parameters: none. Columns: versions. Index: programme_version.
MATCH (v:ProgrammeVersion)
WHERE v.version > 0 AND v.starts <= datetime() AND v.reachedAll IS NULL
RETURN collect(v.version) AS versions
