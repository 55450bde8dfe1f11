"""A dead server is explained by its own log."""

from __future__ import annotations

from pathlib import Path

from graph.local.failures import died


def test_a_dead_server_is_explained_by_its_log(tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    assert "the log is empty" in died(log).message
    lines = [*(f"line {number}" for number in range(40)), "bind: Address already in use", *["\tat org.Example"] * 30]
    log.write_text("\n".join(lines))
    error = died(log)
    assert "line 39" in error.message
    assert "line 20" not in error.message
    assert "port" in (error.hint or "")
