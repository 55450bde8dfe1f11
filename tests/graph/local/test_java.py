"""The Java that Neo4j runs on: found, and new enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import SetupError
from graph.local.java import Java, find_java, java_in


def java_home(folder: Path, version: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch(mode=0o755)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return folder


@pytest.mark.parametrize(("version", "release"), [("21.0.2", 21), ("25", 25), ("17.0.1", 17), ("1.8.0_392", 8)])
def test_java_release(tmp_path: Path, version: str, release: int) -> None:
    home = java_home(tmp_path / "java", version)
    assert java_in(home) == Java(home / "bin" / "java", release)


def test_java_home_serves_only_when_it_is_new_enough(tmp_path: Path) -> None:
    old, new = java_home(tmp_path / "old", "17.0.1"), java_home(tmp_path / "new", "21.0.2")
    bundled = find_java({})
    assert bundled.release >= 21
    assert find_java({"JAVA_HOME": str(new)}).executable == new / "bin" / "java"
    assert find_java({"JAVA_HOME": str(old)}) == bundled
    assert find_java({"JAVA_HOME": str(tmp_path / "none")}) == bundled
    with pytest.raises(SetupError, match=r"old \(Java 17\).*none \(no Java\)") as raised:
        find_java({"JAVA_HOME": str(old)}, bundled=tmp_path / "none")
    assert "uv sync" in (raised.value.hint or "")
