-- The newest event about each store, brand and product.
SELECT kind, id, arg_max(row, clock), max(clock) FROM referred GROUP BY kind, id ORDER BY kind, id
