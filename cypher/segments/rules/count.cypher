// After the condition: how many members there are; no row where there is none.
// Parameters: place, which distinguishes the counts of one query. Columns: place, members.
RETURN $place AS at, count(*) AS members
