"""Who is calling: service keys, and tokens of identity providers."""
