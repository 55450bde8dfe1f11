"""What every change of identities works with. One process makes it once; whoever resolves people receives it."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.resolution_counts import ResolutionCounts
from graph.store.database import Database
from identity.large_components import LargeComponents
from identity.read_model import ReadModel
from matching.policy import Policies
from matching.resolve import Guards
from privacy.vault import Vault


@dataclass(frozen=True, slots=True)
class IdentityParts:
    """One database under one vault and one identity configuration. `guards` OFF is for measurements only."""

    database: Database
    vault: Vault
    policies: Policies
    read_model: ReadModel
    guards: Guards = Guards.ON
    large_components: LargeComponents = field(default_factory=LargeComponents)
    counts: ResolutionCounts = field(default_factory=ResolutionCounts)
