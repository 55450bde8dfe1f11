"""What agents decide about identities: planned, carried out, logged, replayed."""
