// After the condition: how many members there are; no row where there is none.
// Parameters: place, which tells counts of one query apart. Columns: place, members.
RETURN $place AS at, count(*) AS members
