"""Tills without a connection: what they may let guests use, and what they let them use."""
