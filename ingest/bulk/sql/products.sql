-- Products that orders name, by the name in the newest line that has one, and the clock of that line.
SELECT
  product,
  coalesce(arg_max(name, clock) FILTER (WHERE name IS NOT NULL), product),
  max(clock) FILTER (WHERE name IS NOT NULL)
FROM products
GROUP BY product
ORDER BY product
