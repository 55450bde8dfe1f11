-- Every two records with a common token that counts, once, by number; those of one record follow each other.
WITH counting AS (SELECT key, rid FROM tokens ANTI JOIN hot USING (key))
SELECT DISTINCT a.rid AS one, b.rid AS other
FROM counting a
JOIN counting b ON a.key = b.key AND a.rid < b.rid
ORDER BY one, other
