// What tills used without a connection in a period: by the tills' commands, and as it is booked. What came back since
// is first of what guests did not have.
// Parameters: after, until (RFC 3339, UTC, whole seconds): of the tills' clocks.
// Columns: store, flag (null: all is well), redemptions, points, booked, missing. Index: points_command_sold_at.
MATCH (k:PointsCommand)
WHERE $after <= k.soldAt < $until
WITH
  k,
  reduce(sum = 0, l IN [(k)<-[:FOR]-(l:LedgerEntry) | l] | sum - l.points) AS booked,
  reduce(sum = 0, l IN [(k)<-[:OF]-(:PointsCommand)<-[:FOR]-(l:LedgerEntry) | l] | sum + l.points) AS back
RETURN
  k.store AS store,
  k.flag AS flag,
  count(*) AS redemptions,
  sum(k.sold) AS points,
  sum(booked) AS booked,
  sum(CASE WHEN k.missing > back THEN k.missing - back ELSE 0 END) AS missing
ORDER BY store, flag
