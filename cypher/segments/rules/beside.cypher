// Separates two counts in one query. Each count is one row.
UNION ALL
