"""docs/events.md and docs/ingest.md against the code: every example is valid, every type and error is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from cli.ingest import SOME_REFUSED
from connectors.segment_com.messages import TYPES
from domain.errors import (
    HTTP_STATUS,
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    Overloaded,
    RegularsError,
    TooLarge,
    Unavailable,
)
from domain.events import Channel
from ingest.files.mapping import Csv, FieldSpec, FileMapping, RowGroup
from ingest.files.transforms import NAMES
from ingest.parse import event_types, parse
from ingest.quarantine import MAX_BYTES, MAX_KEPT

DOCS = Path(__file__).parents[2] / "docs"
EVENTS, INGEST = ((DOCS / name).read_text("utf-8") for name in ("events.md", "ingest.md"))
EXAMPLES = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", EVENTS, re.DOTALL | re.MULTILINE)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["type"])
def test_every_example_is_an_event(example: dict[str, object]) -> None:
    parse(example)


def test_every_type_has_an_example_under_its_heading() -> None:
    assert [example["type"] for example in EXAMPLES] == list(event_types())
    assert re.findall(r"^### ([a-z.]+)$", EVENTS, re.MULTILINE) == list(event_types())


@pytest.mark.parametrize(
    "error", [InvalidInput, NotAuthenticated, NotAllowed, TooLarge, Overloaded, Unavailable], ids=lambda e: e.code
)
def test_errors(error: type[RegularsError]) -> None:
    assert f"| {HTTP_STATUS[error.code]} | `{error.code}` |" in EVENTS


def test_the_quarantine_and_exit_codes() -> None:
    assert f"At most {MAX_KEPT} entries" in INGEST
    assert f"over {MAX_BYTES // 1024} KiB" in INGEST
    assert f"{SOME_REFUSED} all read but some events refused" in INGEST


def test_channels() -> None:
    assert all(f"`{channel}`" in EVENTS for channel in Channel)


def test_every_key_of_a_mapping_is_described() -> None:
    for model in (FileMapping, FieldSpec, Csv):
        assert not [name for name in model.model_fields if f"`{name}`" not in INGEST]
    assert not [name for name in RowGroup.model_fields if not re.search(rf"`{name}`|  {name}:", INGEST)]
    for name in NAMES:
        assert f"`{name.partition(':')[0]}" in INGEST, name


def test_the_first_mapping_is_valid() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```", INGEST, re.DOTALL | re.MULTILINE)
    first, group = (yaml.load(block, Loader=yaml.BaseLoader) for block in blocks)
    FileMapping.model_validate(first)
    RowGroup.model_validate(group["group"])


def test_every_endpoint_of_segment() -> None:
    assert not [kind for kind in (*TYPES, "batch", "import") if f"`/v1/{kind}`" not in INGEST]
