-- Stores and brands that orders name.
SELECT DISTINCT store, brand FROM places ORDER BY store, brand
