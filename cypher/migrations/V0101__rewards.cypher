// Limits that all guests share: a stock, a budget, the uses of a coupon. And codes of personal coupons.
CREATE CONSTRAINT limit_key IF NOT EXISTS FOR (l:Limit) REQUIRE l.key IS UNIQUE;
CREATE CONSTRAINT points_command_code IF NOT EXISTS FOR (k:PointsCommand) REQUIRE k.code IS UNIQUE;
