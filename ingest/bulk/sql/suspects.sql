-- The records of every identifier that too many people may use: `names` and `personal` bound their number from above.
SELECT c.key AS identifier, c.type, r.signatures, r.identifiers
FROM connects c
SEMI JOIN (
  SELECT key
  FROM connects JOIN limits USING (type)
  GROUP BY key
  HAVING (count(*) > 1 OR sum(names) > any_value(most))
    AND greatest(sum(names), ceil(sum(personal) - 1e-6)) > any_value(most)
) s ON s.key = c.key
JOIN records r ON r.rid = c.rid
ORDER BY c.key, r.key
