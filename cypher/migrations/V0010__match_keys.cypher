// Blocking tokens: keyed, so that nobody can read what two records have in common.
CREATE CONSTRAINT match_key_key IF NOT EXISTS FOR (m:MatchKey) REQUIRE m.key IS UNIQUE;
