"""Every setting of Regulars, read once from the environment (prefix `REGULARS_`), typed and frozen."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from domain.errors import SetupError


class Settings(BaseSettings):
    """One field per setting; the description is what `docs/configuration.md` and `regulars config` print."""

    model_config = SettingsConfigDict(env_prefix="REGULARS_", frozen=True, extra="ignore")

    environment: Literal["development", "production"] = Field(
        "development", description="`development` or `production`; production hides the schema."
    )
    state_dir: Path = Field(
        Path(".regulars"), description="Where the embedded Neo4j and key files live; one per project."
    )
    cache_dir: Path = Field(
        Path("~/.cache/regulars"), description="Where downloaded jars live; shared by all projects of a user."
    )

    neo4j_uri: str | None = Field(None, description="A Neo4j of your own; unset, the embedded one is used.")
    neo4j_user: str = Field("neo4j", description="User for Bolt.")
    neo4j_password: SecretStr | None = Field(None, description="Password for Bolt; unset, the embedded server's own.")
    neo4j_database: str = Field("neo4j", description="Database name.")
    neo4j_pool_size: int = Field(50, ge=1, le=1000, description="Most Bolt connections of one process.")
    neo4j_bolt_port: int = Field(7687, ge=0, le=65535, description="Embedded: Bolt port (0: any free one).")
    neo4j_http_port: int = Field(7474, ge=0, le=65535, description="Embedded: HTTP and Browser port (0: any free one).")
    neo4j_heap: str = Field("1g", description="Embedded: Java heap.")
    neo4j_page_cache: str = Field("512m", description="Embedded: page cache.")

    host: str = Field("127.0.0.1", description="Address the service listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port the service listens on.")
    api_key: SecretStr | None = Field(None, description="The service key; unset, one is made in the state directory.")
    key_cache_s: int = Field(5, ge=1, le=60, description="How long a process remembers what is known of a service key.")
    identity_providers: Path | None = Field(None, description="Identity providers of guests and staff (YAML).")
    jwks_cache_s: int = Field(300, ge=1, le=86_400, description="How long a provider's public keys are remembered.")
    clock_skew_s: int = Field(30, ge=0, le=300, description="How far a provider's clock may differ from ours.")
    body_timeout_s: float = Field(30, gt=0, le=600, description="Most seconds until a request's body is here.")
    origins: dict[str, list[str]] = Field({}, description="Origins of each brand whose pages may call (JSON).")
    redis_url: str | None = Field(None, description="Redis for what processes share; unset, each has its own memory.")

    vault_key: SecretStr | None = Field(
        None, description="Base64 of 32 bytes; unset, a key file with mode 0600 is made under the state directory."
    )
    identity_config: Path | None = Field(None, description="Identifier policies (YAML); unset, the built-in ones.")
    identity_model: Path | None = Field(None, description="Scoring model (JSON), or `off`; unset, the built-in one.")
    golden_config: Path | None = Field(None, description="Survivorship rules (YAML); unset, the built-in ones.")
    loyalty_config: Path | None = Field(None, description="Earn rules per brand (YAML); unset, the built-in ones.")
    cross_brand: Literal["consent", "never"] = Field(
        "consent", description="Whether a guest's consent lets brands see what the others know: `consent` or `never`."
    )
    default_region: str = Field("US", description="Region of phone numbers without a country code (ISO 3166).")
    currency: str = Field("USD", description="The group's main currency: spend in segments is in it.")

    intake_max_body: int = Field(4 * 2**20, ge=1024, description="Most bytes of an intake body, after unpacking.")
    intake_max_events: int = Field(5_000, ge=1, description="Most events of one intake request.")
    intake_queue: int = Field(10_000, ge=1, description="Most events waiting for a commit; past it the answer is 429.")
    intake_batch: int = Field(500, ge=1, le=5000, description="Most events of one commit.")
    intake_linger_ms: float = Field(3, ge=0, le=1000, description="How long a commit waits for company.")
    graphql_documents: Path | None = Field(None, description="Manifest of trusted documents (JSON).")
    graphql_documents_only: bool = Field(False, description="Whether only trusted documents are run.")
    graphql_max_cost: int = Field(10_000, ge=1, description="Most that one GraphQL operation may cost.")
    graphql_bucket: int = Field(1_000_000, ge=1, description="Most that a caller may spend at once.")
    graphql_restored_per_second: int = Field(100_000, ge=1, description="What a caller gets back each second.")
    graphql_at_once: int = Field(200, ge=1, description="Most GraphQL requests that a process serves at once.")
    graphql_timeout_s: float = Field(60, gt=0, le=600, description="Most seconds of one GraphQL request.")
    graphql_streams: int = Field(20, ge=1, description="Most WebSockets and event streams of one caller.")
    feed_every_s: float = Field(
        0.5, gt=0, le=60, description="How often a process looks for what subscribers wait for."
    )
    query_timeout_s: float = Field(30, gt=0, le=600, description="Most seconds of one query in Neo4j.")
    slow_ms: float = Field(500, gt=0, description="Milliseconds from which on the log names a statement as slow.")


@cache
def settings() -> Settings:
    """The process's settings. Tests clear the cache with `settings.cache_clear()`.

    Raises SetupError that names the settings which are not right, and never what they hold: it may be a secret.
    """
    try:
        return Settings()  # pyright: ignore[reportCallIssue]
    except (ValidationError, SettingsError) as error:
        raise SetupError(
            f"{_named(error)} cannot be used.", hint="docs/configuration.md says what each setting takes."
        ) from None


def _named(error: ValidationError | SettingsError) -> str:
    if isinstance(error, SettingsError):  # a value that should be JSON; its text names the field only
        found = [name for name in Settings.model_fields if f'"{name}"' in str(error)]
    else:
        found = [str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]]
    return ", ".join(f"REGULARS_{name.upper()}" for name in dict.fromkeys(found)) or "The environment"
