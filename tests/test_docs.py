"""The documents against the code: what a reader can set, meet or call is described, and every link leads somewhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from pydantic_core import PydanticUndefined

from api.ops.metrics import Metrics
from cli.main import app
from domain.errors import HTTP_STATUS
from domain.events import Event
from domain.settings import Settings
from graph.store.migrations import migrations
from matching.policy import default
from tests.kit.written_properties import Written, written_by_queries, written_by_tables
from tests.lint.project import DOCUMENTS, MODULES, QUERIES, ROOT, name

DOCS = ROOT / "docs"
ADRS = sorted((DOCS / "adr").glob("*.md"))


def document(file: str) -> str:
    return (DOCS / file).read_text("utf-8")


def row(text: str, first: str) -> list[str]:
    """The cells of the table row whose first cell holds `first`. Raises where there is none, or more than one."""
    rows = [line for line in text.splitlines() if line.startswith("|") and f"`{first}`" in line.split("|")[1]]
    assert len(rows) == 1, f"{first} has {len(rows)} rows"
    return [cell.strip() for cell in rows[0].strip("|").split("|")]


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_every_setting_is_in_the_configuration_with_its_default(setting: str) -> None:
    _, shown, meaning = row(document("configuration.md"), f"REGULARS_{setting.upper()}")
    value = Settings.model_fields[setting].default
    assert value is not PydanticUndefined
    assert shown == ("unset" if value is None else f"`{value:g}`" if isinstance(value, float) else f"`{value}`")
    assert meaning


def test_the_configuration_has_no_other_settings() -> None:
    shown = re.findall(r"^\| `REGULARS_(\w+)`", document("configuration.md"), re.MULTILINE)
    assert sorted(shown) == sorted(field.upper() for field in Settings.model_fields)


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_setting_that_a_document_names_exists(path: Path) -> None:
    named = set(re.findall(r"\bREGULARS_([A-Z][A-Z0-9_]+[A-Z0-9])\b", path.read_text("utf-8")))
    assert named - {field.upper() for field in Settings.model_fields} == set()


@pytest.mark.parametrize(("code", "status"), HTTP_STATUS.items())
def test_every_error_is_in_the_operations_guide(code: str, status: int) -> None:
    assert row(document("operations.md"), code)[1] == str(status)


@pytest.mark.parametrize("family", list(Metrics().registry.collect()), ids=lambda family: family.name)
def test_every_metric_is_in_the_operations_guide(family: Any) -> None:
    text = document("operations.md").partition("| metric | labels | counts |")[2]
    assert row(text, family.name + ("_total" if family.type == "counter" else ""))[2]


def event_types() -> list[str]:
    union, *_ = get_args(Event)
    return [get_args(event.model_fields["type"].annotation)[0] for event in get_args(union)]


@pytest.mark.parametrize("kind", event_types())
def test_every_event_type_has_its_chapter(kind: str) -> None:
    assert re.search(rf"^### `?{re.escape(kind)}`?$", document("events.md"), re.MULTILINE)


@pytest.mark.parametrize("kind", list(default()))
def test_every_identifier_type_is_described(kind: str) -> None:
    policy = default().of(kind)
    _, strength, *_ = row(document("matching.md").partition("\n## Policies\n")[2], kind)
    assert strength == policy.strength.value
    assert f"`{kind}`" in document("concepts.md")


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The words of each command, with what typer made of it."""
    children: dict[str, Any] = getattr(command, "commands", {})
    for word, child in children.items():
        yield from commands(child, (*path, word))
    if not children:
        yield path, command


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_is_in_the_operations_guide(words: tuple[str, ...]) -> None:
    group, last = " ".join(["regulars", *words[:-1]]), words[-1]
    table = document("operations.md").partition("\n## Commands\n")[2].partition("\n## ")[0]
    assert re.search(rf"^\| `{group} [^|]*\b{last}`", table, re.MULTILINE) or f"`{group} {last}`" in table


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_option_is_described_somewhere(words: tuple[str, ...]) -> None:
    texts = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    parameters = [parameter for parameter in COMMANDS[words].params if not getattr(parameter, "hidden", False)]
    options = {option for parameter in parameters for option in parameter.opts if option.startswith("--")}
    assert [option for option in sorted(options) if not re.search(rf"{option}\b", texts)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_command_that_a_document_names_exists(path: Path) -> None:
    lines = re.findall(r"^(?: {4}|.*`)\$? ?regulars ([a-z][a-z0-9 -]*)", path.read_text("utf-8"), re.MULTILINE)
    known = {" ".join(words) for words in COMMANDS}
    groups = {words[0] for words in COMMANDS if len(words) > 1}
    unknown = [words[:2] for words in map(str.split, lines) if not _exists(words, known, groups)]
    assert unknown == []


def _exists(words: list[str], known: set[str], groups: set[str]) -> bool:
    return words[0] in (known | groups) and (words[0] not in groups or " ".join(words[:2]) in known or len(words) == 1)


@pytest.mark.parametrize("migration", migrations(), ids=lambda migration: migration.version)
def test_every_migration_is_in_the_operations_guide(migration: Any) -> None:
    assert f"`V{migration.version}` {migration.name.replace('_', ' ')}" in document("operations.md")


def graph_names() -> set[str]:
    """Labels and relationship types of all queries; a benchmark's stand-ins left out."""
    found: set[str] = set()
    for path in QUERIES:
        if path.parent.name != "bench":
            lines = path.read_text("utf-8").splitlines()
            code = re.sub(r"'[^']*'", "''", "\n".join(line for line in lines if not line.startswith("//")))
            found |= set(re.findall(r"[(\w]:([A-Z][a-z]\w*)", code))
            found |= {one for types in re.findall(r"\[\w*:([A-Z_|]+)", code) for one in types.split("|")}
    return found


def test_every_label_and_relationship_of_the_queries_is_described() -> None:
    described = document("graph.md")
    names = graph_names()
    assert {"Customer", "Device", "RESOLVED_TO", "CONTAINS", "AT"} <= names
    assert sorted(one for one in names if not re.search(rf"\b{one}\b", described)) == []


def written() -> Written:
    """Properties that the product writes, by label and type; a benchmark's stand-ins left out."""
    found: Written = defaultdict(set)
    queries = written_by_queries(path.read_text("utf-8") for path in QUERIES if path.parent.name != "bench")
    for by in (queries, written_by_tables()):
        for called, properties in by.items():
            found[called] |= properties
    return found


WRITTEN = written()


def described() -> Written:
    """The properties of each row of docs/graph.md: names in backticks that stand in no bracket."""
    found: Written = defaultdict(set)
    for line in document("graph.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| ") or cells[0] in ("node", "relationship"):
            continue
        named = cells[1] if len(cells) == 2 else f"{cells[1].partition('=')[0]} {' '.join(cells[2:])}"
        properties = {one.removesuffix("?") for one in re.findall(r"`(\w+\??)`", outside_brackets(named))}
        for called in relationship_or_labels(cells[0]):
            found[called] |= properties
    return found


def relationship_or_labels(cell: str) -> list[str]:
    return re.findall(r"\[:(\w+)\]", cell) or re.findall(r"`(\w+)`", cell.partition("(")[0])


def outside_brackets(text: str) -> str:
    before = None
    while before != text:
        before, text = text, re.sub(r"\([^()]*\)", "", text)
    return text


@pytest.mark.parametrize("called", sorted(WRITTEN))
def test_every_property_that_is_written_is_in_the_row_of_its_label(called: str) -> None:
    assert WRITTEN[called] - described()[called] == set()


def test_no_row_of_the_graph_names_a_property_that_nobody_writes() -> None:
    together: Written = defaultdict(set)
    for line in document("graph.md").splitlines():
        labels = relationship_or_labels(line.strip("|").split("|")[0]) if line.startswith("| ") else []
        for called in labels:
            together[called] |= set().union(*(WRITTEN.get(label, set()) for label in labels))
    assert {called: left for called, names in described().items() if (left := names - together[called])} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MATCH (c:Customer) SET c.a = 1, c.b = coalesce(c.d, 2)", {"Customer": {"a", "b"}}),
        ("MERGE (c:Customer {n: 1})\n  ON CREATE SET c.a = 1\nREMOVE c._lock", {"Customer": {"n", "a"}}),
        ("MATCH (c:Customer {n: 1}) WHERE c.a = 2 SET c:Old", {}),
        (
            "MATCH (c:Customer) CREATE (c)-[:MADE {at: f({x: 1}), b: 2}]->(:Event {key: 3})",
            {"MADE": {"at", "b"}, "Event": {"key"}},
        ),
        (
            "MATCH (c:Customer)-[r:MADE]->() FOREACH (_ IN [1] | SET r.a = 1, c.b = 2)",
            {"MADE": {"a"}, "Customer": {"b"}},
        ),
        (
            "// Parameters: rows [{a, b}].\nUNWIND $rows AS row CREATE (r:Review) SET r = row, r.c = 1",
            {"Review": {"a", "b", "c"}},
        ),
        (
            "// Parameters: a [{x}], b [{y}].\nCALL () { UNWIND $a AS row CREATE (r:Review) SET r = row }\n"
            "CALL () { UNWIND $b AS row CREATE (e:Event) SET e += row }",
            {"Review": {"x"}, "Event": {"y"}},
        ),
        ("MATCH (c:Review) SET c = {a: c.a, b: 'x, y: z'}", {"Review": {"a", "b"}}),
    ],
)
def test_what_a_query_writes_is_seen(text: str, found: Written) -> None:
    assert written_by_queries([text]) == found


def test_a_map_whose_names_nobody_tells_is_refused() -> None:
    with pytest.raises(ValueError, match="not in the header"):
        written_by_queries(["// Parameters: props.\nMATCH (r:Review) SET r += $props"])


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_inside_the_project_leads_somewhere(path: Path) -> None:
    broken: list[str] = []
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", path.read_text("utf-8")):
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and anchor not in anchors(there.read_text("utf-8"))):
            broken.append(target)
    assert broken == []


def anchors(text: str) -> set[str]:
    """The ids that a forge gives to a document's headings."""
    headings = re.findall(r"^#+ +(.+)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", ADRS, ids=name)
def test_a_decision_is_short_and_its_name_states_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 40
    title = text.splitlines()[0].removeprefix("# ")
    assert path.stem[5:] == re.sub(r"[^\w ]", "", title.lower()).replace(" ", "-")
    assert text.count("**Decision.**") == 1
    assert f"(adr/{path.name})" in document("README.md")


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.stem[:4]) for path in ADRS] == list(range(1, len(ADRS) + 1))


RUNBOOKS = re.findall(r"^## (\d+)\. .+\n((?:(?!## ).*\n)+)", document("runbooks.md"), re.MULTILINE)


def test_there_are_ten_runbooks() -> None:
    assert [int(number) for number, _ in RUNBOOKS] == list(range(1, 11))


@pytest.mark.parametrize("text", [text for _, text in RUNBOOKS])
def test_a_runbook_tells_what_is_seen_what_it_means_what_to_do_and_when_it_is_over(text: str) -> None:
    assert re.findall(r"^\*\*(.+?)\*\*:", text, re.MULTILINE) == ["You see", "It means", "Do", "It is over when"]
    assert re.search(r"`(regulars |regulars_|GET /|identity|clusterHealth)|log lines? `", text)


def test_everything_that_a_runbook_says_to_look_at_exists() -> None:
    code = "\n".join(path.read_text("utf-8") for path in MODULES)
    text = document("runbooks.md")
    lines = re.findall(r"log lines? `([^`]+)`(?:[^.`]*, or `([^`]+)`)?", text)
    logged = {one for pair in lines for one in pair if one}
    assert len(logged) > 4
    assert [one for one in sorted(logged) if not re.search(rf"log\.\w+\(\s*\"{re.escape(one)}\"", code)] == []
    metrics = {family.name + ("_total" if family.type == "counter" else "") for family in Metrics().registry.collect()}
    assert set(re.findall(r"\bregulars_\w+", text)) - metrics == set()
    schema = (ROOT / "schema.graphql").read_text("utf-8")
    fields = set(re.findall(r"`((?:identity|cluster)[A-Z]\w+)`", text))
    assert fields
    assert [field for field in sorted(fields) if f"{field}(" not in schema] == []


def test_every_document_is_in_the_index() -> None:
    index = document("README.md")
    assert [path.name for path in DOCS.glob("*.md") if path.name != "README.md" and f"({path.name})" not in index] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_a_document_names_no_machine(path: Path) -> None:
    assert not re.search(r"(?<![\w.])/(?:work|root|home|tmp)/", path.read_text("utf-8"))
