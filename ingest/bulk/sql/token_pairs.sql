-- Every two records with a common token that counts, once, with what they say of themselves, sealed.
WITH counting AS (SELECT key, rid FROM tokens ANTI JOIN hot USING (key)),
pairs AS (
  SELECT DISTINCT a.rid, b.rid AS other
  FROM counting a
  JOIN counting b ON a.key = b.key AND a.rid < b.rid
)
SELECT p.rid, r.key, r.sealed, p.other, o.key AS other_key, o.sealed AS other_sealed
FROM pairs p
JOIN records r ON r.rid = p.rid
JOIN records o ON o.rid = p.other
ORDER BY p.rid
