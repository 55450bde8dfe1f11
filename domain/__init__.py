"""Ids, money, events, settings and errors: imports nothing but the standard library and pydantic."""
