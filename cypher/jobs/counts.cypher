// How many jobs of each kind are late (due for more than a minute) or dead.
// Parameters: none. Columns: kind, late, dead. Index: none.
// allows: NodeByLabelScan (ended jobs are deleted after a month)
MATCH (j:Job)
RETURN
  j.kind AS kind,
  count(CASE WHEN j.nextAt < datetime.realtime() - duration({minutes: 1}) THEN 1 END) AS late,
  count(CASE WHEN j.ended = 'dead' THEN 1 END) AS dead
ORDER BY kind
