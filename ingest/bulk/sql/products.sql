-- Products that orders name, by the name in the first order.
SELECT product, arg_min(name, seq) FROM products GROUP BY product ORDER BY product
