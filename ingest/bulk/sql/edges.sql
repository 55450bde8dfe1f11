-- Records and what connects them, linking identifiers and tokens, both numbered from 0.
SELECT rid, kid
FROM (
  SELECT rid, key FROM connects ANTI JOIN shared USING (key)
  UNION ALL
  SELECT rid, key FROM tokens ANTI JOIN hot USING (key)
)
JOIN (
  SELECT key, row_number() OVER () - 1 AS kid
  FROM (
    SELECT key FROM connects ANTI JOIN shared USING (key)
    UNION ALL
    SELECT key FROM tokens ANTI JOIN hot USING (key)
  )
  GROUP BY key
  HAVING count(*) > 1
) USING (key)
