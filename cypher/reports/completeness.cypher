// How many source records of each source have which fields. One scan of all source records: about a second a million.
// Parameters: none. Columns: source, fields [text], records.
// Index: none: every source record is counted.
// allows: NodeByLabelScan (counting all of them is the question)
MATCH (r:SourceRecord)
WHERE r.source IS NOT NULL
RETURN r.source AS source, coalesce(r.fields, []) AS fields, count(*) AS records
