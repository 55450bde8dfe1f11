// Every MERGE key has a uniqueness constraint; every lookup of the service has an index.
CREATE CONSTRAINT event_key IF NOT EXISTS FOR (e:Event) REQUIRE e.key IS UNIQUE;
CREATE CONSTRAINT source_record_key IF NOT EXISTS FOR (r:SourceRecord) REQUIRE r.key IS UNIQUE;
CREATE CONSTRAINT identifier_key IF NOT EXISTS FOR (i:Identifier) REQUIRE i.key IS UNIQUE;
CREATE CONSTRAINT component_id IF NOT EXISTS FOR (k:Component) REQUIRE k.id IS UNIQUE;
CREATE CONSTRAINT customer_number IF NOT EXISTS FOR (c:Customer) REQUIRE c.number IS UNIQUE;
CREATE CONSTRAINT transaction_key IF NOT EXISTS FOR (t:Transaction) REQUIRE t.key IS UNIQUE;
CREATE CONSTRAINT ledger_entry_key IF NOT EXISTS FOR (l:LedgerEntry) REQUIRE l.key IS UNIQUE;
CREATE CONSTRAINT brand_id IF NOT EXISTS FOR (b:Brand) REQUIRE b.id IS UNIQUE;
CREATE CONSTRAINT store_id IF NOT EXISTS FOR (s:Store) REQUIRE s.id IS UNIQUE;
CREATE CONSTRAINT product_id IF NOT EXISTS FOR (p:Product) REQUIRE p.id IS UNIQUE;
CREATE CONSTRAINT segment_id IF NOT EXISTS FOR (g:Segment) REQUIRE g.id IS UNIQUE;
CREATE CONSTRAINT quarantined_id IF NOT EXISTS FOR (q:Quarantined) REQUIRE q.id IS UNIQUE;
CREATE INDEX source_record_component IF NOT EXISTS FOR (r:SourceRecord) ON (r.component);
CREATE INDEX customer_name_key IF NOT EXISTS FOR (c:Customer) ON (c.nameKey);
CREATE INDEX customer_spend IF NOT EXISTS FOR (c:Customer) ON (c.spendMinor);
CREATE INDEX customer_last_visit IF NOT EXISTS FOR (c:Customer) ON (c.lastVisitAt);
CREATE INDEX transaction_at IF NOT EXISTS FOR (t:Transaction) ON (t.at);
CREATE INDEX identifier_shared IF NOT EXISTS FOR (i:Identifier) ON (i.shared);
