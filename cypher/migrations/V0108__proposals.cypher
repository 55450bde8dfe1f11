// Grants that somebody proposed and nobody has answered yet are found among all commands.
CREATE INDEX points_command_pending IF NOT EXISTS FOR (k:PointsCommand) ON (k.pending, k.at);
