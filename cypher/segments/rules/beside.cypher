// Between two counts that travel in one query. Each count is one row.
UNION ALL
