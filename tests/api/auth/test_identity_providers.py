"""The file of identity providers: what it says is taken, and what does not hold together stops the start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from api.auth.identity_providers import providers
from domain.errors import SetupError

GOOD = {"issuer": "https://i", "audience": "a", "jwks_url": "https://i/k"}


GUEST = GOOD | {"kind": "guest", "brand": "b", "source": "s"}


def test_the_file(tmp_path: Path) -> None:
    file = tmp_path / "providers.yaml"
    file.write_bytes(orjson.dumps([GUEST, GOOD | {"issuer": "j", "kind": "staff", "roles": {"x": "agent"}}]))
    assert list(providers(file)) == ["https://i", "j"]
    assert providers(None) == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([GUEST, GUEST], "same issuer"),
        ([GUEST | {"jwks_url": "http://i/k"}], "https"),
        ([GUEST | {"jwks_url": "file:///k"}], "https"),
        ([GUEST | {"brnad": "x"}], "brnad"),
        ([GOOD], "kind"),
        ([GOOD | {"kind": "staff", "roles": {"x": "guest"}}], "no role of staff"),
        ([GOOD | {"kind": "staff", "roles": {"x": "till"}}], "no role of staff"),
        ([GOOD | {"kind": "staff"}], "roles"),
        ("{", "list"),
    ],
)
def test_a_file_that_does_not_hold_together(tmp_path: Path, content: Any, words: str) -> None:
    file = tmp_path / "providers.yaml"
    file.write_bytes(orjson.dumps(content))
    with pytest.raises(SetupError, match=words):
        providers(file)
    with pytest.raises(SetupError, match="read"):
        providers(tmp_path / "none.yaml")
