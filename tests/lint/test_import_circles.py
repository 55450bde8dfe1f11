"""No module imports itself by way of others, not even for its types: what it imports can be read before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import grimp
import networkx
import pytest

from tests.lint.project import PACKAGES


def circles(imports: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Each group of modules that reach each other, by name; `imports` are the modules that each one imports."""
    graph = networkx.DiGraph((one, other) for one, others in imports.items() for other in others)
    return sorted(sorted(group) for group in networkx.strongly_connected_components(graph) if len(group) > 1)


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=False, cache_dir=None)
    assert circles({one: graph.find_modules_directly_imported_by(one) for one in graph.modules}) == []


@pytest.mark.parametrize(
    ("imports", "found"),
    [
        ({"a": ["b"], "b": ["c"], "c": []}, []),
        ({"a": ["b"], "b": ["a"]}, [["a", "b"]]),
        ({"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": ["e"], "e": ["d"]}, [["a", "b", "c"], ["d", "e"]]),
    ],
)
def test_circles_are_found(imports: Mapping[str, list[str]], found: list[list[str]]) -> None:
    assert circles(imports) == found
