-- Whole events for a live store: those of nobody first, then component by component.
SELECT k.seq, k.sealed
FROM kept k
ANTI JOIN repeated USING (seq)
LEFT JOIN (
  SELECT seq, min(component) AS component FROM said JOIN records ON records.key = said.record JOIN scopes USING (rid)
  GROUP BY seq
) c USING (seq)
ORDER BY c.component NULLS FIRST, k.seq
