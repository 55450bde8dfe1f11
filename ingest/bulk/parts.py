"""What every process of a bulk job is given: it crosses process borders, so it holds settings and no open things."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from domain.settings import Settings
from identity.claims import ClaimsReader
from identity.read_model import ReadModel
from loyalty.programme.programme import Programme
from loyalty.programme.programmes import Programmes
from matching.policy import Policies
from matching.resolve import Guards
from matching.survivorship import Survivorship
from privacy.vault import Vault, open_vault


@dataclass(frozen=True)
class BulkParts:
    """The settings, the identity configuration, the programme and the rules of golden records. `now` is
    the time of writing."""

    settings: Settings
    policies: Policies
    programme: Programme
    golden: Survivorship
    now: str
    guards: Guards = Guards.ON

    def __getstate__(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}  # what is opened stays behind

    @cached_property
    def vault(self) -> Vault:
        return open_vault(self.settings)

    @cached_property
    def reader(self) -> ClaimsReader:
        return ClaimsReader(self.vault, self.policies, self.settings.default_region)

    @cached_property
    def programmes(self) -> Programmes:
        return Programmes(self.programme)

    @cached_property
    def read_model(self) -> ReadModel:
        return ReadModel(self.vault, self.settings.currency, self.programmes, self.golden)
