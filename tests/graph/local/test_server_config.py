"""The server's configuration follows the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from domain.settings import Settings
from graph.local.java import Java
from graph.local.ports import Ports
from graph.local.server_config import java_options, neo4j_conf

Make = Callable[..., Settings]


def test_the_configuration_follows_the_settings(tmp_path: Path, neo4j_settings: Make) -> None:
    settings = neo4j_settings(tmp_path, port=8123, neo4j_page_cache="256m")
    conf = dict(
        line.split("=", 1)
        for line in neo4j_conf(settings, Ports(7001, 7002)).splitlines()
        if not line.startswith(("#", "server.jvm.additional"))
    )
    assert conf["server.bolt.advertised_address"] == conf["server.bolt.listen_address"] == "127.0.0.1:7001"
    assert conf["server.http.advertised_address"] == conf["server.http.listen_address"] == "127.0.0.1:7002"
    assert conf["server.memory.pagecache.size"] == "256m"
    assert conf["server.memory.heap.max_size"] == settings.neo4j_heap
    assert conf["db.logs.query.enabled"] == "OFF"
    assert conf["dbms.usage_report.enabled"] == "false"
    assert conf["browser.post_connect_cmd"] == (
        "style http://127.0.0.1:8123/browser/style.grass; play http://127.0.0.1:8123/browser/start.html"
    )
    assert "127.0.0.1" in conf["browser.remote_content_hostname_whitelist"].split(",")
    assert "browser.post_connect_cmd" not in neo4j_conf(neo4j_settings(tmp_path, port=0), Ports(1, 2))


def test_java_options_quote_paths_and_know_releases(tmp_path: Path, neo4j_settings: Make) -> None:
    jars = [Path("/a b/one.jar"), Path("/c/two.jar")]
    text = java_options(neo4j_settings(tmp_path), Java(Path("java"), 25), jars)
    assert '"/a b/one.jar:/c/two.jar"' in text.splitlines()
    assert '"-Xmx512m"' in text.splitlines()
    assert "--sun-misc-unsafe-memory-access=allow" in text
    assert "--sun-misc-unsafe" not in java_options(neo4j_settings(tmp_path), Java(Path("java"), 21), jars)
