-- Every event once.
SELECT * EXCLUDE (seq, warnings) FROM happened ANTI JOIN repeated USING (seq)
