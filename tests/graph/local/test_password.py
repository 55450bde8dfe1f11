"""The password is random, private, kept, and fits the store."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.errors import SetupError
from domain.settings import Settings
from graph.local.password import ensure_password, password_file, read_password, write_private

Make = Callable[..., Settings]


def test_a_password_is_random_private_and_kept(tmp_path: Path, neo4j_settings: Make) -> None:
    settings = neo4j_settings(tmp_path)
    before = os.umask(0)
    try:
        first = ensure_password(settings, tmp_path)
    finally:
        os.umask(before)
    assert password_file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert len(first) >= 24
    assert ensure_password(settings, tmp_path) == first == read_password(tmp_path)
    (tmp_path / "other").mkdir()
    assert ensure_password(settings, tmp_path / "other") != first


def test_a_password_that_cannot_match_the_store_is_a_setup_error(tmp_path: Path, neo4j_settings: Make) -> None:
    write_private(password_file(tmp_path), "the-first-one\n")
    with pytest.raises(SetupError, match="REGULARS_NEO4J_PASSWORD is not"):
        ensure_password(neo4j_settings(tmp_path, neo4j_password="another-one"), tmp_path)
    password_file(tmp_path).unlink()
    with pytest.raises(SetupError, match="shorter than 8"):
        ensure_password(neo4j_settings(tmp_path, neo4j_password="short"), tmp_path)
    (tmp_path / "data" / "databases").mkdir(parents=True)
    with pytest.raises(SetupError, match="is gone"):
        ensure_password(neo4j_settings(tmp_path), tmp_path)
