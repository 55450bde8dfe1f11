// Customers whose tier falls at a moment although nothing happens.
CREATE INDEX customer_tier_due IF NOT EXISTS FOR (c:Customer) ON (c.tierDue);
