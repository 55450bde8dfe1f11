-- Every token once, and whether too many records carry it.
SELECT t.key, any_value(h.key) IS NOT NULL AS hot
FROM tokens t
LEFT JOIN hot h ON h.key = t.key
GROUP BY t.key
