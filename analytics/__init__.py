"""Estimators over a guest's history. Pure: they read no clock and do no I/O."""
