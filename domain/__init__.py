"""Words of the domain: ids, money, events, settings and errors. Imports nothing but the standard library and pydantic."""
