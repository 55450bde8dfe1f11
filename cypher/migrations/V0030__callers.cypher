// Service keys are found by id; entries of the audit log by their place in the chain, whose end is one node.
CREATE CONSTRAINT service_key_id IF NOT EXISTS FOR (k:ServiceKey) REQUIRE k.id IS UNIQUE;
CREATE CONSTRAINT audit_entry_sequence IF NOT EXISTS FOR (a:AuditEntry) REQUIRE a.sequence IS UNIQUE;
CREATE CONSTRAINT audit_chain_id IF NOT EXISTS FOR (h:AuditChain) REQUIRE h.id IS UNIQUE;
