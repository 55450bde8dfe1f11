"""What is asked is one text, whatever the order of arguments, and another one where any of them is another."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from resolvers.kit.asked import asked
from resolvers.kit.selection import Selected


def field(name: str, **arguments: Any) -> Selected:
    return cast(Selected, SimpleNamespace(name=name, arguments=arguments))


def test_it_is_the_name_and_the_arguments_but_those_that_are_left_out() -> None:
    one = asked(field("redeem", points=1, customer={"phone": "1", "x": None}, id="a"), besides=("id",))
    assert one == asked(field("redeem", id="b", customer={"x": None, "phone": "1"}, points=1), besides=("id",))
    assert one != asked(field("redeem", points=2, customer={"phone": "1", "x": None}), besides=())
    assert one != asked(field("hold", points=1, customer={"phone": "1", "x": None}), besides=())
