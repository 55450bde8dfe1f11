-- Records and what connects them, linking identifiers and likeness, both numbered from 0.
SELECT rid, kid
FROM (
  SELECT rid, key FROM connects ANTI JOIN shared USING (key)
  UNION ALL
  SELECT rid, key FROM alike
)
JOIN (
  SELECT key, row_number() OVER () - 1 AS kid
  FROM (
    SELECT key FROM connects ANTI JOIN shared USING (key)
    UNION ALL
    SELECT key FROM alike
  )
  GROUP BY key
  HAVING count(*) > 1
) USING (key)
