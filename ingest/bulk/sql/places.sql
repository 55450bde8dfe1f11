-- Stores that orders name, with the brand of the first order.
SELECT store, arg_min(brand, seq) FROM places GROUP BY store ORDER BY store
