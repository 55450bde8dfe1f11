-- Every event once, with its place among all.
SELECT * EXCLUDE (warnings) FROM happened ANTI JOIN repeated USING (seq)
