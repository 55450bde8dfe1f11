"""The documents against the code: what a reader can set, meet or call is described, and every link leads somewhere.

The pages of the reference test the modules that write them: cli.reference.commands_page,
cli.reference.constant_meanings, cli.reference.costs_page, cli.reference.errors_page, cli.reference.every_page,
cli.reference.limits_page, cli.reference.markdown, cli.reference.metrics_page, cli.reference.migrations_page,
cli.reference.permissions_page, cli.reference.settings_page.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import pytest
import typer

from api.ops.metric_families import FAMILIES
from api.ops.metrics import Metrics
from cli.main import app
from cli.reference.__main__ import write
from cli.reference.commands_page import commands
from cli.reference.every_page import PAGES
from cli.reference.limits_page import LIMITS
from domain.events import Event
from domain.settings import Settings
from matching.policy import default
from tests.kit.written_properties import Written, written_by_queries, written_by_tables
from tests.lint.project import DOCUMENTS, MODULES, PACKAGES, QUERIES, ROOT, name

DOCS = ROOT / "docs"
CODE = {path: ast.parse(path.read_text("utf-8")) for path in MODULES}
ADRS = sorted((DOCS / "adr").glob("*.md"))


def document(file: str) -> str:
    return (DOCS / file).read_text("utf-8")


def row(text: str, first: str) -> list[str]:
    """The cells of the table row whose first cell holds `first`. Raises where there is none, or more than one."""
    rows = [line for line in text.splitlines() if line.startswith("|") and f"`{first}`" in line.split("|")[1]]
    assert len(rows) == 1, f"{first} has {len(rows)} rows"
    return [cell.strip() for cell in rows[0].strip("|").split("|")]


@pytest.mark.parametrize("file", PAGES)
def test_a_page_of_the_reference_is_what_the_code_says(file: str) -> None:
    assert document(f"reference/{file}") == PAGES[file](), "run `make reference`"


def test_the_reference_has_no_other_pages() -> None:
    assert {path.name for path in (DOCS / "reference").iterdir()} == PAGES.keys()


def public_limits(path: Path) -> set[tuple[str, str]]:
    """Module and name of each public `MAX_` constant."""
    module = name(path).removesuffix(".py").replace("/", ".")
    body = CODE[path].body
    named = {target for statement in body if isinstance(statement, ast.Assign) for target in statement.targets}
    return {(module, one.id) for one in named if isinstance(one, ast.Name) and one.id.startswith("MAX_")}


def test_every_limit_is_in_the_reference() -> None:
    listed = {(limit.module, limit.name) for limits in LIMITS.values() for limit in limits}
    found = {limit for path in MODULES for limit in public_limits(path)}
    assert len(found) > 40
    assert found - listed == set(), "list them in cli/reference/limits_page.py"


def test_every_metric_is_in_the_reference() -> None:
    assert sorted(family.name for family in FAMILIES) == sorted(one.name for one in Metrics().registry.collect())


def test_the_reference_is_written_to_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "new")
    assert {path.name: path.read_text("utf-8") for path in (tmp_path / "new").iterdir()} == {
        file: page() for file, page in PAGES.items()
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_setting_that_a_document_names_exists(path: Path) -> None:
    named = set(re.findall(r"\bREGULARS_([A-Z][A-Z0-9_]+[A-Z0-9])\b", path.read_text("utf-8")))
    assert named - {field.upper() for field in Settings.model_fields} == set()


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


COMMANDS = [words.split()[1:] for words, _ in commands(typer.main.get_command(app))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_command_that_a_document_names_exists(path: Path) -> None:
    lines = re.findall(r"^(?: {4}|.*`)\$? ?regulars ([a-z][a-z0-9 -]*)", path.read_text("utf-8"), re.MULTILINE)
    known = {" ".join(words) for words in COMMANDS}
    groups = {words[0] for words in COMMANDS if len(words) > 1}
    unknown = [words[:2] for words in map(str.split, lines) if not _exists(words, known, groups)]
    assert unknown == []


def _exists(words: list[str], known: set[str], groups: set[str]) -> bool:
    return words[0] in (known | groups) and (words[0] not in groups or " ".join(words[:2]) in known or len(words) == 1)


@cache
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


CLASSES = {
    node.name: ast.unparse(node) for tree in CODE.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
}
GRAPHQL = (ROOT / "schema.graphql").read_text("utf-8")
STORED = "\n".join(path.read_text("utf-8") for path in QUERIES)


def spoken_names(path: Path) -> list[str]:
    """What stands between single backticks, code blocks left out."""
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"`([^`\n]+)`", text)


def missing(spoken: str) -> bool:
    """Whether it reads as a path, a module or a class of this project and is none."""
    if re.fullmatch(r"\w[\w.*-]*(/[\w.*-]*)+", spoken):  # a hidden folder is this machine's own
        return (ROOT / spoken.partition("/")[0]).exists() and not any(ROOT.glob(spoken.rstrip("/")))
    if not re.fullmatch(r"\w+(\.\w+)+(\(\))?", spoken):
        return False
    first, *rest = spoken.removesuffix("()").split(".")
    if first in PACKAGES:
        return spoken not in ("api.key", "world.json") and not module_or_attribute(first, rest)
    if re.fullmatch("[A-Z][A-Za-z]+", first):
        return not known_class(first, rest[0])
    return False


def module_or_attribute(package: str, rest: list[str]) -> bool:
    module, names = package, rest
    while names and find_spec(f"{module}.{names[0]}"):
        module, names = f"{module}.{names[0]}", names[1:]
        if not find_spec(module).submodule_search_locations:  # pyright: ignore[reportOptionalMemberAccess]
            break
    found: Any = import_module(module)
    for attribute in names:
        if not hasattr(found, attribute):
            return False
        found = getattr(found, attribute)
    return True


def known_class(first: str, second: str) -> bool:
    """Whether it is a class and a name in it, a GraphQL type and a field of it, or a label and a property."""
    word = rf"\b{second}\b"
    in_class = re.search(word, CLASSES.get(first, ""))
    in_type = re.search(rf"^(type|interface|input) {first}\b[^}}]*{word}", GRAPHQL, re.MULTILINE)
    return bool(in_class or in_type or (first in graph_names() and re.search(word, STORED)))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_path_and_module_that_a_document_names_exists(path: Path) -> None:
    assert [spoken for spoken in spoken_names(path) if missing(spoken)] == []


@pytest.mark.parametrize(
    ("spoken", "is_missing"),
    [
        ("matching/policies.yaml", False),
        ("matching/rules.yaml", True),
        ("cypher/migrations", False),
        ("cypher/*/brands.cypher", False),
        ("application/json", False),
        (".regulars/api.key", False),
        ("matching.resolve", False),
        ("matching.tables.splink", False),
        ("matching.household.relation", False),
        ("matching.together", True),
        ("domain.events.MAX_LINES", False),
        ("domain.events.MAX_ROWS", True),
        ("RecordState.merge", False),
        ("RecordState.fold", True),
        ("Customer.household", False),
        ("Customer.sealed", False),
        ("Customer.dog", True),
        ("Reader.claims", True),
        ("order.completed", False),
    ],
)
def test_the_search_for_names_that_are_gone(spoken: str, is_missing: bool) -> None:
    assert missing(spoken) == is_missing


@pytest.mark.parametrize("path", ADRS, ids=name)
def test_a_decision_is_short_and_its_name_states_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 40
    title = text.splitlines()[0].removeprefix("# ")
    assert path.stem[5:] == re.sub(r"[^\w ]", "", title.lower()).replace(" ", "-")
    assert text.count("**Decision.**") == 1
    assert f"(adr/{path.name})" in document("README.md")


def test_decisions_have_numbers_of_their_own() -> None:
    numbers = [int(path.stem[:4]) for path in ADRS]
    assert len(set(numbers)) == len(numbers)


def test_every_target_and_every_lint_is_in_the_guide_for_contributors() -> None:
    guide = document("contributing.md")
    targets = set(re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"^\| `make (\w+)` \|", guide, re.MULTILINE)) == targets
    assert len(targets) < 12
    lints = {name(path) for path in (ROOT / "tests" / "lint").glob("test_*.py")}
    assert lints - set(re.findall(r"\| `(tests/\S+)` \|$", guide, re.MULTILINE)) == set()


RUNBOOKS = re.findall(r"^## (\d+)\. .+\n((?:(?!## ).*\n)+)", document("runbooks.md"), re.MULTILINE)


def test_runbooks_are_numbered() -> None:
    assert [int(number) for number, _ in RUNBOOKS] == [*range(1, 20)]


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
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"README.md"}
    assert [page for page in sorted(pages) if f"({page})" not in index] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_a_document_names_no_machine(path: Path) -> None:
    assert not re.search(r"(?<![\w.])/(?:work|root|home|tmp)/", path.read_text("utf-8"))
