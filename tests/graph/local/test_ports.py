"""Ports are free, differ, and a taken one is named with its setting."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.errors import SetupError
from domain.settings import Settings
from graph.local.ports import claim

Make = Callable[..., Settings]


@pytest.mark.parametrize("field", ["neo4j_bolt_port", "neo4j_http_port"])
def test_a_taken_port_is_named_with_its_setting(tmp_path: Path, neo4j_settings: Make, field: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError, match=f"Port {port} ") as raised:
            claim(neo4j_settings(tmp_path, **{field: port}))
    assert f"REGULARS_{field.upper()}" in (raised.value.hint or "")


def test_free_ports_differ_and_given_ones_are_kept(tmp_path: Path, neo4j_settings: Make) -> None:
    found = claim(neo4j_settings(tmp_path))
    assert found.bolt != found.http
    assert claim(neo4j_settings(tmp_path, neo4j_bolt_port=found.bolt)).bolt == found.bolt
