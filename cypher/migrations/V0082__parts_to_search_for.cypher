// Agents search by parts: a family name, the last digits of a phone or card, an id without its source, an order number.
CREATE INDEX identifier_part IF NOT EXISTS FOR (i:Identifier) ON (i.part);
CREATE INDEX source_record_id_part IF NOT EXISTS FOR (r:SourceRecord) ON (r.idPart);
CREATE INDEX customer_family_key IF NOT EXISTS FOR (c:Customer) ON (c.familyKey);
CREATE INDEX customer_family_start IF NOT EXISTS FOR (c:Customer) ON (c.familyStart);
CREATE INDEX customer_family_end IF NOT EXISTS FOR (c:Customer) ON (c.familyEnd);
CREATE INDEX transaction_order_id IF NOT EXISTS FOR (t:Transaction) ON (t.orderId);
