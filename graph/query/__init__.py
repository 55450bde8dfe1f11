"""Queries composed or rewritten: the parts of a profile, a profile as of a moment, a profile in brand limits."""
