"""Fixtures of tests against a store."""

from tests.fixtures_core import migrated, second_store, store  # noqa: F401
