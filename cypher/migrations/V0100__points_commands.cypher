// Commands about points: redeem, hold, capture, release, reverse, grant. A request is carried out once.
CREATE CONSTRAINT points_command_key IF NOT EXISTS FOR (k:PointsCommand) REQUIRE k.key IS UNIQUE;
CREATE INDEX points_command_at IF NOT EXISTS FOR (k:PointsCommand) ON (k.at);
