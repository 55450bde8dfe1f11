"""Changed identity rules: rehearsed on the stored graph, then applied."""
