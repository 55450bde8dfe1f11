"""A transaction that answers from a table and writes down what was asked: round trips are counted without a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from graph.store.database import DbTransaction, Row


class Recorded:
    """`answers` are rows by the first query of a statement; whatever is not there answers with nothing."""

    def __init__(self, answers: Mapping[str, Sequence[Row]] | None = None) -> None:
        self._answers = answers or {}
        self.asked: list[str] = []
        self.parameters: list[dict[str, Any]] = []

    @property
    def tx(self) -> DbTransaction:
        return cast(DbTransaction, self)

    async def run(self, *names: str, **parameters: Any) -> list[Row]:
        self.asked.append(names[0])
        self.parameters.append(parameters)
        return list(self._answers.get(names[0], ()))
