// Every brand for which an order was taken has its node, also one without a store of its own: a virtual kitchen.
MATCH (t:Transaction)
WHERE t.brand IS NOT NULL
WITH DISTINCT t.brand AS id
MERGE (b:Brand {id: id})
SET b.name = coalesce(b.name, id);
