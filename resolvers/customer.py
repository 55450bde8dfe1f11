"""The profile of a customer. One query fetches whatever a request selects: see `parts`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import orjson
import strawberry

from graph.customers import Part, Profile
from matching.normalise import DOTS
from resolvers import identities, journey, loyalty, transactions
from resolvers.context import Context, Info
from resolvers.golden import Consent, GoldenField, KeptApart, consents, golden_record, name_of
from resolvers.ids import Node, global_id
from resolvers.identities import RECORDS, LinkedIdentifier, LinkedIdentity
from resolvers.journey import Journey
from resolvers.loyalty import LoyaltyBalance
from resolvers.pages import Connection, Edge, Page
from resolvers.scalars import Date, DateTime, Money
from resolvers.selection import Selected
from resolvers.stats import Rfm, Stats, read_stats
from resolvers.transactions import SORT_KEY, Transaction, Visit

MAX_LAST_VISITS = 10
_FORMER = Part.of("former")
_KEPT_APART = Part.of("kept_apart")
_SEGMENTS = Part.of("segments")
_VISITS = Part.of("visits")
