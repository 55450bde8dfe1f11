"""A mapping turns rows of a file into native events; it is data (YAML), checked in full before the first row is read.

A file of mappings holds one or several (YAML documents); each names the files it is for. All its scalars are text.
"""

from __future__ import annotations

import difflib
import fnmatch
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from domain.errors import InvalidInput
from domain.events import Line, Slug
from ingest.files.event_paths import check_path
from ingest.files.transforms import transform
from ingest.parse import event_model, event_types, words_of

Transforms = str | dict[Literal["map"], dict[str, str]]
_NAMES = "docs/ingest.md describes every key."


def _known_event(name: str) -> str:
    if name not in event_types():
        raise ValueError(f"is not an event type; there are {', '.join(event_types())}")
    return name


def _known_transform(spec: Transforms) -> Transforms:
    transform(spec)
    return spec


def _path(path: str) -> str:
    if not all(path.split(".")):
        raise ValueError("is not a path of field names joined by dots")
    if path in ("type", "source", "messageId", "version"):
        raise ValueError(f"{path} is set by the mapping itself")
    return path


def _column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FieldSpec(_Checked):
    """Where one value comes from. Exactly one of `column`, `concat` (of columns) and `constant` is set."""

    column: str | None = None
    concat: list[str] = Field(default_factory=list)
    constant: str | None = None
    separator: str = " "
    transforms: list[Annotated[Transforms, AfterValidator(_known_transform)]] = Field(default_factory=list[Transforms])
    default: str | None = None
    if_empty: Literal["omit", "skip_row", "refuse"] = "omit"
    if_invalid: Literal["refuse", "omit"] = "refuse"

    @model_validator(mode="after")
    def _one_origin(self) -> FieldSpec:
        if (self.column is not None) + bool(self.concat) + (self.constant is not None) != 1:
            raise ValueError("wants exactly one of column, concat and constant")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,) if self.column is not None else tuple(self.concat)


Path_ = Annotated[str, AfterValidator(_path)]
Specs = Annotated[list[Annotated[FieldSpec, BeforeValidator(_column)]], BeforeValidator(_as_list), Field(min_length=1)]
Columns = Annotated[list[str], BeforeValidator(_as_list), Field(min_length=1)]


class RowGroup(_Checked):
    """Rows with equal values in `by` are one event: `fields` are read from the first, `lines` from every one."""

    by: Columns
    lines: dict[Path_, Specs] = Field(default_factory=dict)
    into: Path_ = "order.lines"
    sum: dict[Path_, FieldSpec] = Field(default_factory=dict[str, FieldSpec])
    window: Annotated[int, Field(ge=1, le=100_000)] = 1_000


class Csv(_Checked):
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"


class FileMapping(_Checked):
    """One kind of file, and the event that each of its rows (or groups of rows) becomes."""

    event: Annotated[str, AfterValidator(_known_event)]
    source: Slug | None = None
    files: str = "*"
    message_id: Annotated[list[str], BeforeValidator(_as_list)] = Field(default_factory=list)
    null_values: list[str] = Field(default_factory=list)
    constants: dict[Path_, str] = Field(default_factory=dict)
    fields: dict[Path_, Specs] = Field(default_factory=dict)
    group: RowGroup | None = None
    csv: Csv = Csv()

    @model_validator(mode="after")
    def _paths_lead_somewhere(self) -> FileMapping:
        model = event_model(self.event)
        paths = [*self.constants, *self.fields]
        if self.group is not None:
            paths += [*self.group.sum, self.group.into]
            for path in self.group.lines:
                check_path(Line, path, what="a line")
        for path in paths:
            check_path(model, path, what=f"an event {self.event}")
        return self

    @model_validator(mode="after")
    def _each_path_once(self) -> FileMapping:
        paths = [*self.constants, *self.fields]
        if self.group is not None:
            paths += [*self.group.sum, *([self.group.into] if self.group.lines else [])]
        for path in paths:
            if paths.count(path) > 1 or any(other.startswith(f"{path}.") for other in paths):
                raise ValueError(f"{path} is filled twice")
        return self

    @property
    def columns(self) -> list[str]:
        """Every column that is read, each once."""
        specs = [spec for found in self.fields.values() for spec in found]
        found = list(self.message_id)
        if self.group is not None:
            specs += [spec for line in self.group.lines.values() for spec in line] + list(self.group.sum.values())
            found += self.group.by
        found += [column for spec in specs for column in spec.columns]
        return list(dict.fromkeys(found))


_KEYS = [key for model in (FileMapping, RowGroup, Csv, FieldSpec) for key in model.model_fields]


def load_mappings(path: Path) -> list[FileMapping]:
    """The mappings of a YAML file. Raises InvalidInput with the first thing wrong and where it stands."""
    try:
        # Text only: YAML's own types would turn the country NO into false and 12.10 into 12.1.
        documents = list(yaml.load_all(path.read_text("utf-8"), Loader=yaml.BaseLoader))
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark is not None else ""
        raise InvalidInput(f"{path.name} is not YAML{where}.", hint=_NAMES) from None
    try:
        return [FileMapping.model_validate(document) for document in documents]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise InvalidInput(f"{path.name}: {_place(first)}: {_words(first)}.", hint=_NAMES) from None


def _place(detail: ErrorDetails) -> str:
    """The place in the words of the mapping: its keys, joined by dots. A value that stands alone counts as a list."""
    parts = [str(part) for part in detail["loc"] if not str(part).startswith(("function-", "dict["))]
    return ".".join(part for part in parts if part not in ("0", "[key]")) or "it"


def _words(detail: ErrorDetails) -> str:
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(detail["loc"][-1]), _KEYS, n=1)
        return "is no key of a mapping" + (f"; did you mean {near[0]}?" if near else "")
    if detail["type"] == "literal_error":
        given = "is none of " + str(detail.get("ctx", {}).get("expected", ""))
        return given
    return str(detail.get("ctx", {}).get("error") or words_of(detail))


def mapping_for(file: Path, mappings: list[FileMapping], *, source: str | None = None) -> FileMapping:
    """The first mapping that is for this file. Raises InvalidInput where there is none, or none names the source."""
    for mapping in mappings:
        if fnmatch.fnmatch(file.name, mapping.files):
            if source is None and mapping.source is None:
                raise InvalidInput("The mapping names no source.", hint="Add `source: …` to it, or use --source.")
            return mapping if source is None else mapping.model_copy(update={"source": source})
    patterns = ", ".join(mapping.files for mapping in mappings)
    raise InvalidInput(f"No mapping is for {file.name}.", hint=f"Their files are: {patterns}.")


def total(texts: list[str]) -> str:
    """The exact sum of decimal texts."""
    return format(sum((Decimal(text) for text in texts), Decimal(0)), "f")
