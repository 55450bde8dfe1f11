"""A line of the log never reaches standard output, in whatever process a module of this service logs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from domain.log import logger
from tests.lint.project import MODULES, ROOT, name

LOGGING = [
    name(path).removesuffix(".py").replace("/", ".")
    for path in MODULES
    if "from domain.log import logger" in path.read_text("utf-8")
]
LOGS = f"""
import importlib, logging, multiprocessing, structlog

def log():
    for name in {LOGGING!r}:
        module = importlib.import_module(name)
        found = [one for one in vars(module).values() if isinstance(one, structlog._config.BoundLoggerLazyProxy)]
        assert found, name
        for one in found:
            one.warning("a line")
    logging.getLogger("neo4j").warning("a line")

if __name__ == "__main__":
    CONFIGURE
    log()
    child = multiprocessing.get_context("METHOD").Process(target=log)
    child.start()
    child.join()
    assert child.exitcode == 0
    print("the result")
"""


@pytest.mark.parametrize(
    ("configure", "method"), [("pass", "spawn"), ("from runtime.logs import configure_logs; configure_logs()", "fork")]
)
def test_no_module_logs_to_standard_output(tmp_path: Path, configure: str, method: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(LOGS.replace("CONFIGURE", configure).replace("METHOD", method))
    done = subprocess.run(
        [sys.executable, str(program)],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "the result\n"
    assert done.stderr.count("a line") >= 2 * len(LOGGING)


def test_a_line_goes_to_the_standard_error_of_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    logger("test").warning("later")
    written = capsys.readouterr()
    assert (written.out, "later" in written.err) == ("", True)
