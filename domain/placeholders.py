"""Texts that stand where an id should be and name nobody: what software writes when it has no value."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NO_VALUE = """null nil none nan nat na n/a n.a n.a. nd void undef undefined unset notset unassigned uninitialized empty
    blank missing invalid error true false yes no"""
_NOBODY = """anon anonymous anonymoususer guest guestuser visitor walkin unknown unknownuser unidentified unregistered
    nobody noone noname nouser noid notauthenticated unauthenticated notavailable notapplicable notprovided notdefined
    notfound loggedout default dummy placeholder tbd todo
    inconnu anonyme anonimo anonym unbekannt desconocido desconhecido sconosciuto ospite gast invitado"""
# The name of the field in the place of its value.
_FIELD = """id uid uuid guid userid user customerid clientid memberid guestid accountid distinctid anonymousid
    externalid deviceid cardid cardnumber loyaltycard orderid messageid email phone"""
_WORDS = frozenset(f"{_NO_VALUE} {_NOBODY} {_FIELD}".split())
_NUMBER = re.compile(r"[+-]?0+([.,]0+)?(e[+-]?\d+)?|0x0+|-(1|9{2,})([.,]0+)?|[+-]?inf(inity)?")
_ALL_ALIKE = re.compile(r"[\W_0]*|x{2,}|[\W_]*f{8}-?f{4}-?f{4}-?f{4}-?f{12}[\W_]*")  # 000-000, ----, ???, xxxx
_TEMPLATE = re.compile(
    # {{user.id}}, ${ID}, <%= id %>, *|ID|*, and the whole text: {user_id}, <id>, %ID%, $ID
    r".*(\{\{.*\}\}|[$%#@]\{.*\}|<%.*%>|\{%.*%\}|\*\|.*\|\*|\[\[.*\]\]|%%.+%%).*"
    r"|\{[^{}\d]+\}|\[[^\]\d]+\]|<[^<>\d]+>|%[a-z_]+%|\$[a-z_][a-z_.]*|:[a-z_]+|__[a-z_]+__"
)
_CODE = re.compile(
    r"\[(object|native) .*|(async )?function\b.*\(.*|.*\)\s*=>.*|#(n/a|ref|value|null|name|div/0|num)[!?]?|\\n"
)
_NAMESPACE = re.compile(r"([^\W\d][\w.-]*)\s*[:/|#]+\s*(.*)", re.DOTALL)
_QUOTES = " \t\"'`´’‘“”()[]<>{}"
_WRAPPING = f"{_QUOTES}.,;:!*~-_"
_JOINING = re.compile(r"[\s_.\-/]+")


@lru_cache(maxsize=8192)  # a guest's next order carries the same ids
def means_none(text: str, *, namespaces: bool = True) -> bool:
    """Whether an id names nobody: a placeholder such as `null`, `(none)`, `0`, `-1`, `guest`, `{{user.id}}`,
    `[object Object]` or the zero UUID, in any case, in quotes or brackets; with `namespaces` also behind one
    (`web-shop:null`).

    Each of these would make one source record, card or order of everybody without an id. Nothing else is a placeholder
    only for being short or odd: ids of one letter or of one repeated digit are in use.
    """
    if text.isascii() and text.isprintable():  # nearly all ids
        folded = text.casefold().strip()
    else:
        folded = unicodedata.normalize("NFKC", text).casefold()
        folded = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc")).strip()
    while True:
        if _is_placeholder(folded):
            return True
        behind = _NAMESPACE.fullmatch(folded) if namespaces else None
        if behind is None or (any(map(str.isdigit, behind[1])) and _NUMBER.fullmatch(behind[2])):
            return False  # the first thing of till 7, `till-7:0`
        folded = behind[2]


def _is_placeholder(text: str) -> bool:
    bare = text.strip(_WRAPPING)
    return (
        not bare
        or bool(_ALL_ALIKE.fullmatch(text))
        or bool(_NUMBER.fullmatch(text.strip(_QUOTES)))
        or bool(_TEMPLATE.fullmatch(text))
        or bool(_CODE.fullmatch(text))
        or _names_nobody(bare)
    )


def _names_nobody(bare: str) -> bool:
    """The word itself, however its parts are joined (`not-set`, `walk in`), also repeated (`null null`)."""
    parts = [part for part in _JOINING.split(bare) if part]
    return bare in _WORDS or "".join(parts) in _WORDS or (len(set(parts)) == 1 and parts[0] in _WORDS)
