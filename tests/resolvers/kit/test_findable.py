"""Every type is found in one way, and what subgraphs may name is what the union of entities holds."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import SetupError
from resolvers.kit.findable import FINDABLE, findable
from resolvers.places import Brand
from resolvers.schema import make_schema


def test_a_type_is_found_in_one_way() -> None:
    make_schema()
    known = dict(FINDABLE)
    with pytest.raises(SetupError, match="Brand"):
        findable(Brand)(known["Brand"].find)
    assert known == FINDABLE


def test_entities_are_the_types_with_a_key() -> None:
    schema = make_schema()
    union: Any = schema._schema.get_type("_Entity")  # pyright: ignore[reportPrivateUsage]
    keys = {name: known.key for name, known in FINDABLE.items() if known.key is not None}
    assert {type_.name for type_ in union.types} == keys.keys()
    for name, key in keys.items():
        assert f'type {name} implements Node @key(fields: "{key}")' in schema.as_str()
