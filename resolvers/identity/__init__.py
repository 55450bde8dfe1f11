"""The desk of agents: why records are linked, decisions, review, rehearsals."""
