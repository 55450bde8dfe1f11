-- What was read.
SELECT
  (SELECT count(*) FROM happened), (SELECT count(*) FROM repeated), (SELECT count(*) FROM refused),
  (SELECT coalesce(sum(warnings), 0) FROM happened), (SELECT count(DISTINCT key) FROM identified)
