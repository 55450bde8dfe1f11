-- Records and what connects them, both numbered from 0.
SELECT rid, kid
FROM connects
JOIN (
  SELECT key, row_number() OVER () - 1 AS kid
  FROM connects ANTI JOIN shared USING (key)
  GROUP BY key
  HAVING count(*) > 1
) USING (key)
