"""Composes and rewrites queries: the parts of a profile, a profile as of a moment, a profile within brand limits."""
