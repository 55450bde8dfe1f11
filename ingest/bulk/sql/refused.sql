-- What cannot be taken.
SELECT * FROM refused ORDER BY seq
