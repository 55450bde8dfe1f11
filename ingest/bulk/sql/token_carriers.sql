-- The records of every token that counts and that two carry at least, with what they say of themselves, sealed.
SELECT t.key AS token, r.rid, r.key, r.sealed
FROM tokens t
ANTI JOIN hot ON hot.key = t.key
SEMI JOIN (SELECT key FROM tokens GROUP BY key HAVING count(*) > 1) m ON m.key = t.key
JOIN records r USING (rid)
ORDER BY t.key
