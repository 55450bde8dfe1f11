-- What was said of each record, and what its orders are worth.
SELECT record, seq, claim, NULL AS contribution FROM said ANTI JOIN repeated USING (seq)
UNION ALL
SELECT record, NULL, NULL, contribution FROM worth
ORDER BY record, seq
