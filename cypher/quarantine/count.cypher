// How many refused events are kept, resolved ones included. Columns: total. Answered from the count store.
MATCH (q:Quarantined)
RETURN count(q) AS total
