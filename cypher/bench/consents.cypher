// The consents of some customers, to compare with the refusals that were acknowledged.
// Parameters: numbers. Columns: number, consents (JSON). Index: customer_number.
MATCH (c:Customer)
WHERE c.number IN $numbers
RETURN c.number AS number, c.consents AS consents
