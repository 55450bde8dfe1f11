"""Every setting of Regulars, read once from the environment (prefix `REGULARS_`), typed and frozen."""

from __future__ import annotations

import difflib
import os
import re
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from domain.errors import SetupError
from domain.events import Slug
from domain.setting_words import takes

SECRETS = Path("/run/secrets")
"""Where container engines mount secrets, each as a file: an environment shows in every inspection of a container."""

_CARD_PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,7}")


class Settings(BaseSettings):
    """One field per setting; the description is what docs/reference/settings.md and `regulars config` print."""

    model_config = SettingsConfigDict(env_prefix="REGULARS_", frozen=True, extra="ignore")

    environment: Literal["development", "production"] = Field(
        "development",
        description="In production the schema is hidden: docs/graphql-limits.md#in-production. In development webhooks "
        "may have http and private addresses: docs/webhooks.md#which-addresses.",
    )
    state_dir: Path = Field(
        Path(".regulars"), description="Directory of the embedded Neo4j and the key files; one per project."
    )
    cache_dir: Path = Field(
        Path("~/.cache/regulars"), description="Directory of downloaded jars; all projects of a user share it."
    )

    neo4j_uri: str | None = Field(
        None, description="A Neo4j of your own (`bolt://…`, `neo4j://…`). Unset: the embedded one."
    )
    neo4j_user: str = Field("neo4j", description="User for Bolt.")
    neo4j_password: SecretStr | None = Field(None, description="Password for Bolt. Unset: the embedded server's own.")
    neo4j_database: str = Field("neo4j", description="Database name.")
    neo4j_pool_size: int = Field(50, ge=1, le=1000, description="Most Bolt connections of one process.")
    neo4j_bolt_port: int = Field(7687, ge=0, le=65535, description="Embedded: Bolt port; 0 takes any free one.")
    neo4j_http_port: int = Field(
        7474, ge=0, le=65535, description="Embedded: port of HTTP and Browser; 0 takes any free one."
    )
    neo4j_heap: str = Field("1g", description="Embedded: Java heap.")
    neo4j_page_cache: str = Field("512m", description="Embedded: page cache; best is the size of the store.")
    disk_reserve_mib: int = Field(
        1024,
        ge=128,
        le=1_048_576,
        description="Embedded: with less MiB free on the disk of the state directory, writes are refused and reads go "
        "on. Make it larger than the page cache, which Neo4j may still have to write.",
    )
    query_timeout_s: float = Field(30, gt=0, le=600, description="Most seconds of one query in Neo4j.")
    slow_ms: float = Field(
        500, gt=0, description="A statement that takes this many milliseconds or more is logged as slow."
    )

    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the service listens on.")
    origins: dict[str, list[str]] = Field(
        {},
        description="Pages that may call GraphQL from a browser, by brand (JSON), such as "
        '`{"forno-nine": ["https://forno.example"]}`.',
    )
    body_timeout_s: float = Field(
        30, gt=0, le=600, description="Most seconds until a request's body has arrived; after that the answer is 408."
    )
    redis_url: str | None = Field(
        None,
        description="Redis for what processes share: spent cost, registered documents, service keys. Unset: each "
        "process keeps its own.",
    )

    api_key: SecretStr | None = Field(
        None,
        description="The administrator's key (docs/callers.md). Unset: the service makes one in `api.key` in the state "
        "directory.",
    )
    key_cache_s: int = Field(
        5,
        ge=1,
        le=60,
        description="Seconds for which a process remembers a service key. A revoked key works no longer than that.",
    )
    identity_providers: Path | None = Field(
        None,
        description="Identity providers that sign in guests and staff (YAML): docs/callers.md#guests-and-staff. Unset: "
        "none.",
    )
    jwks_cache_s: int = Field(
        300,
        ge=1,
        le=86_400,
        description="Seconds for which a provider's public keys are remembered. A new key is fetched when a token "
        "first uses it.",
    )
    clock_skew_s: int = Field(30, ge=0, le=300, description="Seconds by which a provider's clock may differ from ours.")

    graphql_documents: Path | None = Field(
        None, description="Manifest of trusted documents (JSON): docs/graphql.md#documents-by-name. Unset: none."
    )
    graphql_documents_only: bool = Field(False, description="Whether the service runs only trusted documents.")
    graphql_max_cost: int = Field(
        10_000, ge=1, description="Most that one operation may cost: docs/graphql-limits.md#cost."
    )
    graphql_bucket: int = Field(1_000_000, ge=1, description="Most cost that a caller may spend at once.")
    graphql_restored_per_second: int = Field(100_000, ge=1, description="Cost that a caller gets back each second.")
    graphql_misses: int = Field(
        1_000,
        ge=1,
        description="Most look-ups of a caller that find nobody: so many at once, and one more each second.",
    )
    graphql_at_once: int = Field(
        200,
        ge=1,
        description="Most GraphQL requests that a process serves at once; above that the answer is 503.",
    )
    graphql_timeout_s: float = Field(
        60,
        gt=0,
        le=600,
        description="Most seconds of one GraphQL request; its queries in Neo4j get the time that is left.",
    )
    graphql_streams: int = Field(
        20, ge=1, description="Most WebSockets and event streams that a caller has open with a process."
    )
    feed_every_s: float = Field(
        0.5, gt=0, le=60, description="Seconds between two looks for changes for subscribers (docs/subscriptions.md)."
    )

    jobs_at_once: int = Field(
        4, ge=0, le=100, description="Most jobs that a process runs at once (docs/operations.md#jobs); 0: none."
    )
    job_lease_s: float = Field(
        60,
        ge=1,
        le=3_600,
        description="Seconds after which another process goes on with the job of a process that died.",
    )
    feed_days: int = Field(
        30, ge=1, le=3_650, description="Days for which the feed keeps events, for webhooks that are behind or replay."
    )
    webhook_give_up_hours: float = Field(
        72,
        gt=0,
        le=8_760,
        description="Hours for which a webhook's receiver may fail; then the webhook is disabled (docs/webhooks.md).",
    )

    journal_dir: Path | None = Field(
        None,
        description="Directory of the journal, best on another disk: docs/operations.md#journal. Unset: `journal` in "
        "the state directory.",
    )
    journal_days: int = Field(
        14, ge=0, le=3650, description="Days for which the journal is kept, longer than from backup to backup; 0: none."
    )

    vault_key: SecretStr | None = Field(
        None,
        description="Base64 of 32 bytes (`openssl rand -base64 32`). Unset: the service makes `vault.key` in the state "
        "directory, mode 0600.",
    )
    identity_config: Path | None = Field(
        None,
        description="Identifier policies (YAML): docs/matching.md#policies. Unset: `matching/policies.yaml`.",
    )
    identity_model: Path | None = Field(
        None,
        description="Model that `regulars train` wrote (JSON): docs/matching.md#models. Unset: the built-in model.",
    )
    golden_config: Path | None = Field(
        None,
        description="Survivorship rules (YAML): docs/matching.md#the-golden-record. Unset: "
        "`matching/survivorship.yaml`.",
    )
    loyalty_config: Path | None = Field(
        None, description="Earn rules per brand, and tiers (YAML). Unset: `loyalty/programme.yaml`."
    )
    card_prefix: str = Field(
        "CARD",
        description="What the numbers of new loyalty cards begin with: a capital letter, and up to 7 more or digits.",
    )
    cross_brand: Literal["consent", "never"] = Field(
        "consent",
        description="Whether a caller with brand limits sees what other brands know of a guest: if the guest granted "
        "`cross_brand_profile` to them, or never. See docs/callers.md#brands.",
    )
    source_brands: dict[Slug, Slug] = Field(
        {},
        description="The brand of events that name none, by their source (JSON), such as "
        '`{"till-9": "forno-nine"}`. An order of Segment.com from another source gets a brand named after its source.',
    )
    default_region: str = Field("US", description="Country of phone numbers without a country code (ISO 3166).")
    currency: str = Field(
        "USD", description="The group's main currency (ISO 4217), used for tiers and for spend in segments."
    )

    till_timeout_s: float = Field(
        4.5,
        gt=0,
        le=600,
        description="Most seconds of one request of a till (docs/till-protocol.md). Toast's tills give up after 5.",
    )

    transfer_day_limit: int = Field(
        100_000,
        ge=1,
        description="Most points that one till's key or one agent gives of guests to other guests in a day (UTC).",
    )

    intake_max_body: int = Field(4 * 2**20, ge=1024, description="Most bytes of an intake body, after unpacking.")
    intake_max_events: int = Field(5_000, ge=1, description="Most events of one intake request.")
    page_events_per_second: int = Field(
        100,
        ge=1,
        description="Most events a second of one public key (docs/callers.md#public-keys); ten times at once.",
    )
    intake_queue: int = Field(
        10_000, ge=1, description="Most events waiting for a commit; above that the answer is 429."
    )
    intake_batch: int = Field(500, ge=1, le=5000, description="Most events of one commit.")
    intake_linger_ms: float = Field(
        3, ge=0, le=1000, description="Milliseconds for which a commit waits for more events."
    )

    @field_validator("card_prefix")
    @classmethod
    def _prefix(cls, text: str) -> str:
        if not _CARD_PREFIX.fullmatch(text):
            raise ValueError("is no prefix of cards")
        return text


@cache
def settings() -> Settings:
    """The process's settings: from the environment, or from a file of that name in lower case among mounted secrets.
    Tests clear the cache with `settings.cache_clear()`.

    Raises SetupError that names the settings which are not right, and never what they hold: it may be a secret.
    """
    try:
        return Settings(_secrets_dir=SECRETS if SECRETS.is_dir() else None)  # pyright: ignore[reportCallIssue]
    except (ValidationError, SettingsError) as error:
        names = _named(error)
        variables = ", ".join(_variable(name) for name in names) or "The environment"
        wanted = [f"{_variable(name)} takes: {takes(Settings.model_fields[name])}." for name in names]
        hint = " ".join([*wanted, "docs/reference/settings.md says more."])
        raise SetupError(f"{variables} cannot be used.", hint=hint) from None


def unknown_variables() -> dict[str, str | None]:
    """Variables of the environment that are named like settings and are none, each with the one that may be meant."""
    known = [_variable(name) for name in Settings.model_fields]
    found = [name for name in sorted(os.environ) if name.startswith("REGULARS_") and name not in known]
    return {name: next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.75)), None) for name in found}


def _variable(name: str) -> str:
    return f"REGULARS_{name.upper()}"


def _named(error: ValidationError | SettingsError) -> list[str]:
    if isinstance(error, SettingsError):  # a value that should be JSON; its text names the field only
        return [name for name in Settings.model_fields if f'"{name}"' in str(error)]
    return list(dict.fromkeys(str(fault["loc"][0]) for fault in error.errors(include_input=False) if fault["loc"]))
