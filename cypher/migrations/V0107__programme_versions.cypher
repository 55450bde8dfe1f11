// Published versions of the loyalty programme, and customers whose bonuses are to be computed anew.
CREATE CONSTRAINT programme_id IF NOT EXISTS FOR (p:Programme) REQUIRE p.id IS UNIQUE;
CREATE CONSTRAINT programme_version IF NOT EXISTS FOR (v:ProgrammeVersion) REQUIRE v.version IS UNIQUE;
CREATE INDEX customer_bonuses_pending IF NOT EXISTS FOR (c:Customer) ON (c.bonusesPending, c.number);
