"""Names of any script in Latin letters, and which scripts say how a name sounds."""

from __future__ import annotations

import pytest

from matching.names.scripts import incomparable, latin, script_of, writes_vowels


@pytest.mark.parametrize(
    ("text", "script", "spelt"),
    [("Саша", "CYRILLIC", "Sasha"), ("Γιώργος", "GREEK", "Giorgos"), ("كريمة", "ARABIC", "kryma"), ("", "", "")],
)
def test_latin_letters(text: str, script: str, spelt: str) -> None:
    assert (script_of(text), latin(text)) == (script, spelt)
    assert script_of(f"12 {text}") == script


def test_scripts_that_can_be_compared() -> None:
    assert not incomparable("LATIN", "CYRILLIC")
    assert not incomparable("ARABIC", "ARABIC")
    assert incomparable("ARABIC", "LATIN")
    assert incomparable("CJK", "HIRAGANA")
    assert not writes_vowels("HEBREW")
