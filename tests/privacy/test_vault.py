"""The vault opens what it sealed, for whom it sealed it, and nothing else; its key is one, and nobody else's."""

from __future__ import annotations

import base64
import os
import stat
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SetupError
from domain.settings import Settings
from privacy.vault import Vault, open_vault

ONE, OTHER = Vault(bytes(32)), Vault(b"\x01" * 32)
json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(), json)
def test_there_and_back(owner: str, content: object) -> None:
    assert ONE.open(owner, ONE.seal(owner, content)) == content


@given(st.text(), json)
def test_a_compact_text_there_and_back(owner: str, content: object) -> None:
    assert ONE.open(owner, ONE.seal_compact(owner, orjson.dumps(content))) == content
    with pytest.raises(SetupError):
        OTHER.open(owner, ONE.seal_compact(owner, orjson.dumps(content)))


def test_equal_content_never_looks_equal() -> None:
    assert len({ONE.seal("r", "Ada") for _ in range(100)}) == 100


@given(st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    sealed = bytearray(ONE.seal("r", {"phone": "+13126010137"}))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SetupError):
        ONE.open("r", bytes(sealed))


def test_a_blob_that_was_cut_off_does_not_open() -> None:
    sealed = ONE.seal("r", "Ada")
    for length in range(len(sealed)):
        with pytest.raises(SetupError):
            ONE.open("r", sealed[:length])


def test_another_owner_or_key_does_not_open_it() -> None:
    sealed = ONE.seal("r", "Ada Lovelace")
    with pytest.raises(SetupError, match="does not open"):
        ONE.open("s", sealed)
    with pytest.raises(SetupError, match="does not open") as caught:
        OTHER.open("r", sealed)
    assert "REGULARS_VAULT_KEY" in (caught.value.hint or "")
    assert "Ada" not in str(caught.value)


def test_an_unknown_version_is_told_apart() -> None:
    with pytest.raises(SetupError, match="version"):
        ONE.open("r", b"\x03" + ONE.seal("r", "Ada")[1:])


def test_hashes_are_keyed_and_kept_apart_by_kind() -> None:
    assert ONE.keyed("email", "a@b.example") == ONE.keyed("email", "a@b.example")
    different = {
        ONE.keyed("email", "a@b.example"),
        ONE.keyed("email", "A@b.example"),
        ONE.keyed("phone", "a@b.example"),
        OTHER.keyed("email", "a@b.example"),
    }
    assert len(different) == 4
    assert {len(text) for text in different} == {22}


@pytest.mark.parametrize("text", ["", "c2hvcnQ=", base64.b64encode(bytes(33)).decode(), "not base64!"])
def test_a_key_of_another_form_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(SetupError) as caught:
        open_vault(Settings.model_validate({"vault_key": text}))
    assert not text or text not in f"{caught.value} {caught.value.hint}"


def test_the_key_file_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    settings = Settings.model_validate({"state_dir": tmp_path / "state"})
    previous = os.umask(0)
    try:
        sealed = open_vault(settings).seal("r", "Ada")
    finally:
        os.umask(previous)
    file = tmp_path / "state" / "vault.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert open_vault(settings).open("r", sealed) == "Ada"
    assert [path.name for path in file.parent.iterdir()] == ["vault.key"]


def test_a_set_key_needs_no_file(tmp_path: Path) -> None:
    settings = Settings.model_validate({"state_dir": tmp_path / "s", "vault_key": base64.b64encode(bytes(32)).decode()})
    assert open_vault(settings).keyed("a", "b") == ONE.keyed("a", "b")
    assert not (tmp_path / "s").exists()


def _first_hash(folder: Path) -> str:
    return open_vault(Settings.model_validate({"state_dir": folder})).keyed("a", "b")


def test_processes_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        for attempt in range(5):
            assert len(set(pool.map(_first_hash, [tmp_path / str(attempt)] * 8))) == 1
