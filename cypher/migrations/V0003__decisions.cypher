// Agents' decisions, found by id (in order of time) and by the request that asked for them; the queue of open findings.
CREATE CONSTRAINT decision_id IF NOT EXISTS FOR (d:Decision) REQUIRE d.id IS UNIQUE;
CREATE CONSTRAINT decision_request IF NOT EXISTS FOR (d:Decision) REQUIRE d.request IS UNIQUE;
CREATE CONSTRAINT review_key IF NOT EXISTS FOR (v:Review) REQUIRE v.key IS UNIQUE;
CREATE INDEX kept_apart_queued IF NOT EXISTS FOR ()-[k:KEPT_APART]-() ON (k.queued);
