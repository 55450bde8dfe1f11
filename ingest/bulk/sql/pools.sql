-- All records by component.
SELECT s.component AS scope, r.* EXCLUDE (rid), h.shared
FROM records r
JOIN scopes s USING (rid)
LEFT JOIN (SELECT rid, list(key) AS shared FROM connects JOIN shared USING (key) GROUP BY rid) h USING (rid)
ORDER BY s.component, r.key
