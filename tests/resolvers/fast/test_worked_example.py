"""The example in the README of compiled documents is what the compiler writes today."""

from __future__ import annotations

from pathlib import Path

from resolvers.fast.worked_example import example

README = Path(__file__).parents[3] / "resolvers" / "fast" / "README.md"


def test_the_example_is_what_the_compiler_writes() -> None:
    blocks = example().split("\n\n```")
    assert len(blocks) == 3
    for block in blocks:
        assert block in README.read_text("utf-8"), "put in what `python -m resolvers.fast.worked_example` prints"
