"""The parts of a process come from its configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import SetupError
from domain.settings import Settings
from matching.survivorship import Rule, default
from runtime.service import survivorship_of

pytestmark = pytest.mark.neo4j


def test_the_rules_come_from_the_configured_file(tmp_path: Path) -> None:
    file = tmp_path / "golden.yaml"
    file.write_text("default: [longest]", "utf-8")
    assert survivorship_of(Settings(golden_config=file)).default == (Rule.LONGEST,)  # pyright: ignore[reportCallIssue]
    assert survivorship_of(Settings()) is default()  # pyright: ignore[reportCallIssue]
    with pytest.raises(SetupError, match="cannot be read") as caught:
        survivorship_of(Settings(golden_config=tmp_path / "none.yaml"))  # pyright: ignore[reportCallIssue]
    assert caught.value.hint == "Check REGULARS_GOLDEN_CONFIG."
