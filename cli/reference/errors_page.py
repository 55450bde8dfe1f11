"""errors.md: every code with its status, its meaning and the caller's next step."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from cli.reference.markdown import document, one_line, table
from domain.errors import HTTP_STATUS, RegularsError

_STEP = "What to do: "


def page() -> str:
    """The whole page."""
    classes = {error.code: error for error in _errors(RegularsError)}
    rows = [[f"`{code}`", str(status), *told_to_callers(classes[code])] for code, status in HTTP_STATUS.items()]
    intro = (
        "Every error has a stable code. It is the same in HTTP bodies, in GraphQL's `extensions.code` and on the "
        "command line. The status is that of an answer over HTTP. GraphQL answers 200 for what fails while an "
        "operation runs (docs/graphql.md#errors)."
    )
    return document("Errors", "`domain/errors.py`", intro, table(["code", "status", "meaning", "what to do"], rows))


def told_to_callers(error: type[RegularsError]) -> tuple[str, str]:
    """Meaning and next step, from the first two paragraphs of the docstring. Raises ValueError if there are none."""
    meaning, step, *_ = [one_line(paragraph) for paragraph in (inspect.getdoc(error) or "").split("\n\n")]
    if not step.startswith(_STEP):
        raise ValueError(f"{error.__name__} does not say what to do")
    step = step.removeprefix(_STEP)
    return meaning, step[0].upper() + step[1:]


def _errors(base: type[RegularsError]) -> Iterator[type[RegularsError]]:
    yield base
    for error in base.__subclasses__():
        if error.__module__ == base.__module__:  # packages have kinds of their own, with the codes of these
            yield from _errors(error)
