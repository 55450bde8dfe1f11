-- What was said of each order, in the order it was read.
SELECT seq, "transaction", claim FROM sold ANTI JOIN repeated USING (seq) ORDER BY "transaction", seq
