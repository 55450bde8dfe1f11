// After the condition: how many members there are.
// Column: members.
RETURN count(*) AS members
