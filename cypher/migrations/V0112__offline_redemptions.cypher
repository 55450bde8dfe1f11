// Redemptions that tills carried out without a connection, by the moment at the till.
CREATE INDEX points_command_sold_at IF NOT EXISTS FOR (k:PointsCommand) ON (k.soldAt);
