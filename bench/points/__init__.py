"""Benchmarks of points: what tills ask, a day of theirs, and balances of another system."""
