"""A dead server is explained by its own log."""

from __future__ import annotations

from pathlib import Path

from graph.local.failures import died, not_up


def test_a_database_that_did_not_come_up_is_explained_by_the_debug_log(tmp_path: Path) -> None:
    log = tmp_path / "debug.log"
    assert "Unable to start" in not_up("Unable to start", log).message
    trace = (
        "java.lang.RuntimeException: java.io.IOException: Error in a.b, no recovery. To force it\\n\\tat org.Example"
    )
    log.write_text(
        '{"level":"ERROR","message":"old","stacktrace":"a.B: an older one. x"}\n'
        f'{{"level":"ERROR","message":"new","stacktrace":"{trace}"}}\n'
        '{"level":"WARN","message":"later","stacktrace":"a.B: a warning. x"}\n'
    )
    error = not_up("Unable to start", log)
    assert error.message.endswith("did not come up: Error in a.b, no recovery")
    assert "docs/runbooks.md, 11" in (error.hint or "")


def test_a_dead_server_is_explained_by_its_log(tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    assert "the log is empty" in died(log).message
    lines = [*(f"line {number}" for number in range(40)), "bind: Address already in use", *["\tat org.Example"] * 30]
    log.write_text("\n".join(lines))
    error = died(log)
    assert "line 39" in error.message
    assert "line 20" not in error.message
    assert "port" in (error.hint or "")
