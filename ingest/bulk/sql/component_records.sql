-- All records by component.
SELECT s.component AS scope, r.* EXCLUDE (rid, profile), h.shared, t.tokens, t.hot
FROM records r
JOIN scopes s USING (rid)
LEFT JOIN (SELECT rid, list(key) AS shared FROM connects JOIN shared USING (key) GROUP BY rid) h USING (rid)
LEFT JOIN (
  SELECT rid, list(t.key) AS tokens, list(t.key) FILTER (h.key IS NOT NULL) AS hot
  FROM tokens t
  LEFT JOIN hot h ON h.key = t.key
  GROUP BY rid
) t USING (rid)
ORDER BY s.component, r.key
