-- The records of every identifier that too many people may use, or too many records carry: `names` and `personal`
-- bound the number of people from above.
SELECT c.key AS identifier, c.type, r.signatures, r.identifiers
FROM connects c
SEMI JOIN (
  SELECT key
  FROM connects JOIN limits USING (type)
  GROUP BY key
  HAVING count(*) > any_value(records) OR (
    (count(*) > 1 OR sum(names) > any_value(people))
    AND greatest(sum(names), ceil(sum(personal) - 1e-6)) > any_value(people)
  )
) s ON s.key = c.key
JOIN records r ON r.rid = c.rid
ORDER BY c.key, r.key
