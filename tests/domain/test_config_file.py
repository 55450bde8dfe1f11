"""Configuration is read from YAML or JSON, and a mistake is named with its place."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, Field, model_validator

from domain.config_file import parse_config
from domain.errors import SetupError


class Rules(BaseModel):
    rates: dict[str, float] = Field(default_factory=dict[str, float])
    names: list[str] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> Rules:
        if len(set(self.names)) < len(self.names):
            raise ValueError("a name stands twice")
        return self


def parse(text: str | bytes) -> Rules:
    return parse_config(Rules, text, what="The rules", hint="See the guide.")


@pytest.mark.parametrize(
    "text",
    [
        "rates: {a: 1.5}\nnames: [x, y]",
        "{rates: {a: 1.5}, names: [x, y]}",
        '{"rates": {"a": 1.5}, "names": ["x", "y"]}',
        b' {"rates": {"a": 1.5}, "names": ["x", "y"]}',
        b"rates: {a: 1.5}\nnames: [x, y]",
    ],
)
def test_yaml_and_json_are_read(text: str | bytes) -> None:
    assert parse(text) == Rules(rates={"a": 1.5}, names=["x", "y"])


MANY = "names: [x]\nrates:\n" + "".join(f"  a{n}: x\n" for n in range(50))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The rules cannot be read: the file: it is empty"),
        ("names: []\nrates: {a: much}", "rates.a: "),
        ("names: []\nrates: {a: much}", "; names: "),
        ("names: [x, x]", "The rules cannot be read: the file: a name stands twice"),
        ("names:\n  - [", "not YAML at line 2."),
        ('{"names": ["x"}', "not YAML at line 1."),
        (b"names: [\xff\xfe]", "cannot be read"),
        (MANY, "rates.a19: "),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str | bytes, message: str) -> None:
    with pytest.raises(SetupError) as caught:
        parse(text)
    assert message in caught.value.message
    assert caught.value.hint == "See the guide."


def test_not_more_than_twenty_mistakes_are_named() -> None:
    with pytest.raises(SetupError) as caught:
        parse(MANY)
    assert caught.value.message.count("rates.a") == 20
