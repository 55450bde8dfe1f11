// Redemptions that a till asked for and did not get keep their reasons, so that the same request gets the same answer.
CREATE CONSTRAINT till_refusal_key IF NOT EXISTS FOR (t:TillRefusal) REQUIRE t.key IS UNIQUE;
