"""The analysts' guide: every query in it is a tested file, every file is in it, and the style knows every label."""

from __future__ import annotations

import base64
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.lint.project import ROOT, name

BROWSER = ROOT / "cypher" / "browser"
GUIDE = (BROWSER / "start.html").read_text("utf-8")
STYLE = (BROWSER / "style.grass").read_text("utf-8")
FILES = sorted((BROWSER / "queries").glob("*.cypher"))
BLOCKS = [unescape(block).strip() for block in re.findall(r'<pre class="[^"]*runnable">(.*?)</pre>', GUIDE, re.DOTALL)]
_VOID = {"img", "br"}


def code(path: Path) -> str:
    return "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.startswith("//")).strip()


def test_the_guide_runs_every_query_and_no_other() -> None:
    assert sorted(BLOCKS) == sorted(map(code, FILES))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_query_of_the_guide_is_bounded_and_only_reads(path: Path) -> None:
    text = code(path)
    assert re.search(r"\bLIMIT \d+$", text, re.MULTILINE)
    assert not re.search(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|FOREACH|LOAD)\b", text)
    assert "sealed" not in text
    assert "$" not in text, "Browser would ask for a parameter"


def test_the_guide_is_well_formed() -> None:
    open_tags: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in _VOID:
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Parser().feed(GUIDE)
    assert open_tags == []
    assert GUIDE.startswith('<article class="guide">')
    assert GUIDE.count("<slide ") >= 8


def test_the_guide_loads_nothing_from_elsewhere() -> None:
    """Browser shows pictures of a guide only as data; a script would never run."""
    assert not re.search(r"<script|<link|https?://", GUIDE)
    pictures = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)"', GUIDE)
    assert [base64.b64decode(picture) for picture in pictures] == [(ROOT / "docs" / "graph.svg").read_bytes()]


def test_the_style_has_a_caption_for_every_label() -> None:
    described = (ROOT / "docs" / "graph.md").read_text("utf-8")
    table = described.split("| relationship |", maxsplit=1)[0]
    labels = set(re.findall(r"`([A-Z]\w+)`", " ".join(row.split("|")[1] for row in table.splitlines() if "|" in row)))
    assert "Customer" in labels
    styled = dict(re.findall(r"^node\.(\w+) \{.*?caption: \"([^\"]+)\";", STYLE, re.MULTILINE | re.DOTALL))
    assert labels <= styled.keys()


def test_the_style_names_only_what_the_graph_has() -> None:
    described = (ROOT / "docs" / "graph.md").read_text("utf-8")
    assert [
        found
        for found in re.findall(r"^(?:node|relationship)\.(\w+)", STYLE, re.MULTILINE)
        if not re.search(rf"\b{found}\b", described)
    ] == []
    assert STYLE.count("{") == STYLE.count("}")
