"""The container files agree with the code: no Docker is needed to find a renamed setting or a moved port."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

from domain.settings import Settings
from graph.local import NEO4J_VERSION
from graph.local.ports import Ports
from graph.local.server_config import GUIDE_PATH, STYLE_PATH, neo4j_conf

ROOT = Path(__file__).parents[1]
DEFAULTS = {name: field.default for name, field in Settings.model_fields.items()}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text("utf-8")


def schema() -> Validator:
    vendored = resources.files("check_jsonschema.builtin_schemas.vendor").joinpath("compose-spec.json")
    specification = json.loads(vendored.read_text("utf-8"))
    return validator_for(specification)(specification)


def test_compose_follows_the_specification(compose: dict[str, Any]) -> None:
    assert [error.message for error in schema().iter_errors(compose)] == []
    assert list(schema().iter_errors(compose | {"services": {"neo4j": {"imagge": "x"}}})), "the schema checks nothing"


def test_every_variable_is_a_setting(compose: dict[str, Any], dockerfile: str) -> None:
    named = set(re.findall(r"REGULARS_[A-Z0-9_]+", (ROOT / "docker-compose.yml").read_text("utf-8") + dockerfile))
    assert {"REGULARS_NEO4J_URI", "REGULARS_STATE_DIR", "REGULARS_REDIS_URL"} <= named
    assert {name.removeprefix("REGULARS_").lower() for name in named} <= set(DEFAULTS)


def test_the_service_accepts_what_compose_gives_it(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in compose["services"]["regulars"]["environment"].items():
        if value is not None:
            monkeypatch.setenv(name, value)
    for name in compose["services"]["regulars"]["secrets"]:
        (tmp_path / name).write_text(f"given-{name}\n")
    settings = Settings(_secrets_dir=tmp_path)  # pyright: ignore[reportCallIssue]
    assert settings.environment == "production"
    assert settings.port == DEFAULTS["port"]
    assert settings.neo4j_user == DEFAULTS["neo4j_user"]
    assert settings.neo4j_database == DEFAULTS["neo4j_database"]
    assert settings.neo4j_password is not None
    assert settings.neo4j_password.get_secret_value() == "given-regulars_neo4j_password"
    assert settings.vault_key is not None
    assert settings.vault_key.get_secret_value() == "given-regulars_vault_key"
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "given-regulars_api_key"
    uri = urlsplit(settings.neo4j_uri or "")
    assert (uri.scheme, uri.hostname, uri.port) == ("bolt", "neo4j", DEFAULTS["neo4j_bolt_port"])
    assert uri.hostname in compose["services"]


def test_ports_are_the_defaults_and_reachable_from_this_machine_only(compose: dict[str, Any]) -> None:
    published = {name: service.get("ports", []) for name, service in compose["services"].items()}
    expected = {
        "neo4j": [DEFAULTS["neo4j_http_port"], DEFAULTS["neo4j_bolt_port"]],
        "regulars": [DEFAULTS["port"]],
        "redis": [],
    }
    assert published == {name: [f"127.0.0.1:{port}:{port}" for port in ports] for name, ports in expected.items()}


def test_neo4j_is_the_embedded_one_with_its_rules(compose: dict[str, Any], tmp_path: Path) -> None:
    neo4j = compose["services"]["neo4j"]
    assert neo4j["image"] == f"neo4j:{NEO4J_VERSION}-community"
    assert neo4j["environment"]["NEO4J_AUTH_FILE"] == "/run/secrets/neo4j_auth"
    assert neo4j["secrets"] == ["neo4j_auth"]
    # The image spells a setting with _ for a dot and __ for an underscore.
    spelled = {
        name.removeprefix("NEO4J_").replace("__", "\0").replace("_", ".").replace("\0", "_"): value
        for name, value in neo4j["environment"].items()
        if name != "NEO4J_AUTH_FILE"
    }
    embedded = neo4j_conf(Settings.model_validate({"state_dir": tmp_path}), Ports(1, 2)).splitlines()
    assert [f"{name}={value}" for name, value in spelled.items() if f"{name}={value}" not in embedded] == []
    assert spelled["db.logs.query.enabled"] == "OFF"
    assert GUIDE_PATH in spelled["browser.post_connect_cmd"]
    assert STYLE_PATH in spelled["browser.post_connect_cmd"]


def test_no_secret_is_in_an_environment_and_each_is_a_file(compose: dict[str, Any]) -> None:
    services = compose["services"]
    given = {name for service in services.values() for name in service.get("secrets", [])}
    assert compose["secrets"] == {name: {"file": f"secrets/{name}"} for name in given}
    assert not any(
        "PASSWORD" in name or "KEY" in name for one in services.values() for name in one.get("environment", ())
    )
    assert "/secrets/" in (ROOT / ".gitignore").read_text("utf-8").split()


@pytest.mark.parametrize("service", ["neo4j", "regulars", "redis"])
def test_every_container_is_hardened(compose: dict[str, Any], service: str) -> None:
    one = compose["services"][service]
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert service == "regulars" or one["user"] not in ("root", "0")  # the service's image has its own user
    assert service == "neo4j" or one["read_only"]  # Neo4j's image writes its configuration where it starts


def test_what_waits_for_what(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["regulars"]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert f":{DEFAULTS['neo4j_http_port']}/" in services["neo4j"]["healthcheck"]["test"][1]
    assert services["redis"]["profiles"] == ["redis"]
    used = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert used == set(compose["volumes"])


def test_the_image_serves_as_nobody_special_and_asks_its_own_health(compose: dict[str, Any], dockerfile: str) -> None:
    last_stage = dockerfile.rpartition("\nFROM ")[2]
    assert re.search(r"^USER (?!root)\w+$", last_stage, re.MULTILINE)
    assert 'CMD ["regulars", "serve"]' in last_stage
    assert f"http://127.0.0.1:{DEFAULTS['port']}/health/live" in last_stage
    assert f"EXPOSE {DEFAULTS['port']}\n" in last_stage
    assert f"REGULARS_PORT={DEFAULTS['port']} " in last_stage
    state = re.search(r"REGULARS_STATE_DIR=(\S+)", last_stage)
    assert state
    assert f"VOLUME {state[1]}\n" in last_stage
    assert compose["services"]["regulars"]["volumes"] == [f"regulars-state:{state[1]}"]


def test_the_build_sees_every_package_and_nothing_secret() -> None:
    rules = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert "*" in rules
    assert {f"!{name}" for name in [*packages, "pyproject.toml", "uv.lock", project["project"]["readme"]]} <= set(rules)
    assert "!.regulars" not in rules
