"""A world as files: events, truth, people and a summary, byte for byte the same for the same config."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from world.truth import HEADER
from world.world import World

NAMES = ("events.ndjson", "truth.csv", "people.ndjson")


def write_world(
    world: World, out: Path, *, compress: bool = False, progress: Callable[[int], None] = lambda people: None
) -> dict[str, Any]:
    """Write the world under `out` and return what `world.json` holds: the config and counts.

    `world.json` comes last and is taken away first, so a directory that has one is whole. `progress` is called with
    the number of people written since the last call. A repeated event stands twice in the events, once in the truth.
    """
    out.mkdir(parents=True, exist_ok=True)
    for name in ("world.json", *NAMES, *(f"{name}.gz" for name in NAMES)):
        (out / name).unlink(missing_ok=True)
    types: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    repeats = people = 0
    with ExitStack() as stack:
        events, truth, persons = (stack.enter_context(_create(out / name, compress)) for name in NAMES)
        truth.write((",".join(HEADER) + "\n").encode())
        for event in world.reference_events():
            types[event["type"]] += 1
            sources[event["source"]] += 1
            events.write(_line(event))
        for block in world.blocks():
            for delivery in block.deliveries:
                event = delivery.event
                types[event["type"]] += 1
                sources[event["source"]] += 1
                repeats += delivery.repeat
                events.write(_line(event))
                if not delivery.repeat:
                    truth.write(f"{event['source']},{event['messageId']},{delivery.person}\n".encode())
            for person in block.people:
                tags.update(person.tags)
                persons.write(_line(person.record()))
            people += len(block.people)
            progress(len(block.people))
    summary = {
        "config": asdict(world.config),
        "counts": {
            "people": people,
            "events": types.total(),
            "repeats": repeats,
            "types": dict(sorted(types.items())),
            "sources": dict(sorted(sources.items())),
            "tags": dict(sorted(tags.items())),
        },
        "files": [f"{name}.gz" if compress else name for name in NAMES],
    }
    text = orjson.dumps(summary, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    (out / "world.json").write_bytes(text)
    return cast(dict[str, Any], orjson.loads(text))


def _line(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


@contextmanager
def _create(path: Path, compress: bool) -> Generator[BinaryIO]:
    if not compress:
        with path.open("wb", buffering=1 << 20) as file:
            yield file
        return
    # No name and no time in the header: they would make equal worlds differ.
    with (
        path.with_name(path.name + ".gz").open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=4, fileobj=raw, mtime=0) as file,
    ):
        yield cast(BinaryIO, file)
