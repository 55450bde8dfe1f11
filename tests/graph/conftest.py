"""Fixtures of tests against a store."""

from tests.fixtures_core import migrated as migrated
from tests.fixtures_core import second_store as second_store
from tests.fixtures_core import store as store
