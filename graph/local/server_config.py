"""The embedded server's configuration: its neo4j.conf and its Java options, made from the settings."""

from __future__ import annotations

from pathlib import Path

from domain.settings import Settings
from graph.local.java import Java
from graph.local.ports import LOOPBACK, Ports

MAIN_CLASS = "org.neo4j.server.Neo4jCommunity"
ADMIN_CLASS = "org.neo4j.server.startup.Neo4jAdminCommand"
GUIDE_PATH = "/browser/start.html"
STYLE_PATH = "/browser/style.grass"

_OPENED = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch", "java.base/java.util.concurrent")
_UNSAFE_OPTION_SINCE = 23

_LOCAL = " ".join(f"{scheme}://{host}:*" for scheme in ("http", "ws") for host in (LOOPBACK, "localhost"))
# Neo4j's own policy lets Browser load fonts, scripts and news from other hosts.
_BROWSER_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; "
    f"connect-src 'self' {_LOCAL}; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)


def neo4j_conf(settings: Settings, ports: Ports) -> str:
    """The text of neo4j.conf: loopback only, no query log (it would hold parameters), no usage report, no telemetry."""
    lines = [
        "# Written at each start from the REGULARS_… settings: changes made here are lost.",
        f"server.default_listen_address={LOOPBACK}",
        f"server.default_advertised_address={LOOPBACK}",
        "server.bolt.enabled=true",
        f"server.bolt.listen_address={LOOPBACK}:{ports.bolt}",
        f"server.bolt.advertised_address={LOOPBACK}:{ports.bolt}",
        "server.http.enabled=true",
        f"server.http.listen_address={LOOPBACK}:{ports.http}",
        f"server.http.advertised_address={LOOPBACK}:{ports.http}",
        "server.https.enabled=false",
        f"initial.dbms.default_database={settings.neo4j_database}",
        f"server.memory.heap.initial_size={settings.neo4j_heap}",
        f"server.memory.heap.max_size={settings.neo4j_heap}",
        f"server.memory.pagecache.size={settings.neo4j_page_cache}",
        # Set aside twice (neo4j and system) for every new store, also one of a test: 256 MiB by default.
        "db.tx_log.rotation.size=64m",
        "db.logs.query.enabled=OFF",
        "dbms.usage_report.enabled=false",
        "client.allow_telemetry=false",
        "dbms.fleet_manager.enabled=false",
        "server.fleet_discovery.enabled=false",
        "server.http.x_forward.enabled=false",
        f"dbms.security.http_static_content_security_policy_header={_BROWSER_POLICY}",
        # Ten idle seconds of every stop otherwise.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration=0s",
        *(f"server.jvm.additional={option}" for option in _opens()),
        *_browser(settings),
    ]
    return "\n".join(lines) + "\n"


def _browser(settings: Settings) -> list[str]:
    if not settings.port:  # any free port: nobody can know it when this file is written
        return []
    service = f"http://{LOOPBACK}:{settings.port}"
    return [
        f"browser.post_connect_cmd=style {service}{STYLE_PATH}; play {service}{GUIDE_PATH}",
        f"browser.remote_content_hostname_whitelist={LOOPBACK},localhost",
    ]


def java_options(settings: Settings, java: Java, class_path: list[Path]) -> str:
    """An argument file for `java`: the class path is too long to show in every process list."""
    options = [
        f"-Xms{settings.neo4j_heap}",
        f"-Xmx{settings.neo4j_heap}",
        "-XX:+UseG1GC",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-OmitStackTraceInFastThrow",
        "-Dfile.encoding=UTF-8",
        "-Djava.awt.headless=true",
        "-Dlog4j2.disable.jmx=true",
        *module_options(java),
        "-cp",
        ":".join(map(str, class_path)),
    ]
    return "".join(f"{_quoted(option)}\n" for option in options)


def module_options(java: Java) -> list[str]:
    """The Java modules that Neo4j needs opened, for the server and for neo4j-admin."""
    options = [*_opens(), "--enable-native-access=ALL-UNNAMED"]
    if java.release >= _UNSAFE_OPTION_SINCE:
        options.append("--sun-misc-unsafe-memory-access=allow")
    return options


def _opens() -> list[str]:
    return [f"--add-opens={package}=ALL-UNNAMED" for package in _OPENED]


def _quoted(option: str) -> str:
    escaped = option.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
