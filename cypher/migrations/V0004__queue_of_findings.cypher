// Findings that were made before there was a queue.
MATCH (a:Customer)-[k:KEPT_APART]->(b:Customer)
WHERE k.rule IN ['AMBIGUOUS', 'REVIEW'] AND k.queued IS NULL
SET k.queued = a.number + '|' + b.number;
