// Customers at one address are found by the keyed address of their records; large components are findings.
CREATE INDEX source_record_home IF NOT EXISTS FOR (r:SourceRecord) ON (r.home);
CREATE INDEX component_records IF NOT EXISTS FOR (k:Component) ON (k.records);
