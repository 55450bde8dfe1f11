from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Channel


class BrandRule(BaseModel):
    """Has visited a brand."""

    brand: str
    "Code of the brand."


class ChannelRule(BaseModel):
    """Uses a channel."""

    channel: Channel
    "The channel."
    preferred: bool = False
    "Only where it is the one used most."


class CustomerBy(BaseModel):
    """Names one customer; give exactly one of the fields."""

    customer_number: Optional[str] = Field(alias="customerNumber", default=None)
    "A customer number, present or merged."
    phone: Optional[str] = None
    "A phone number, with or without its country code."
    email: Optional[str] = None
    "An e-mail address."
    card: Optional[str] = None
    "A loyalty card."
    device: Optional[str] = None
    "A device id."
    external_id: Optional["ExternalId"] = Field(alias="externalId", default=None)
    "A source record by its own id."


class ExternalId(BaseModel):
    """A record by its own id in the system that keeps it."""

    source: str
    "The system, as its events name it."
    id: str
    "The id in that system."


class IdentityBy(BaseModel):
    """Names a customer or one source record; give exactly one of the fields."""

    customer_number: Optional[str] = Field(alias="customerNumber", default=None)
    "A customer number; a merged one stands for the records that it had."
    record_id: Optional[str] = Field(alias="recordId", default=None)
    "A source record by its opaque id, as linkedIdentities gives it."
    external_id: Optional["ExternalId"] = Field(alias="externalId", default=None)
    "A source record by its own id."


class RecencyRule(BaseModel):
    """Whole days since the last visit, to any brand or one."""

    min_days: Optional[int] = Field(alias="minDays", default=None)
    "At least this many days ago."
    max_days: Optional[int] = Field(alias="maxDays", default=None)
    "At most this many days ago."
    brand: Optional[str] = None
    "Code of a brand."


class SegmentRule(BaseModel):
    """A condition; give exactly one of the fields."""

    and_: Optional[list["SegmentRule"]] = Field(alias="and", default=None)
    "All of these hold."
    or_: Optional[list["SegmentRule"]] = Field(alias="or", default=None)
    "One of these holds."
    not_: Optional["SegmentRule"] = Field(alias="not", default=None)
    "This does not hold."
    spend: Optional["SpendRule"] = None
    "What was spent."
    visits: Optional["VisitsRule"] = None
    "How often."
    recency: Optional["RecencyRule"] = None
    "How long ago."
    brand: Optional["BrandRule"] = None
    "Which brand."
    channel: Optional["ChannelRule"] = None
    "Which channel."
    tier: Optional["TierRule"] = None
    "Which tiers."


class SegmentSaveInput(BaseModel):
    """A segment to store."""

    name: str
    "Name for people; 1 to 120 characters."
    rule: "SegmentRule"
    "The rule tree: at most 8 levels and 32 conditions."
    id: Optional[str] = None
    "The segment to change; none: a new one."


class Signature(BaseModel):
    """Who signs for a decision and how it is carried out."""

    reason: str
    "Why; 1 to 500 characters, for others to read."
    preview: bool = False
    "Only tell what would come of it."
    request_id: Optional[str] = Field(alias="requestId", default=None)
    "Your own id of this request: sent again it does nothing more, and for another decision it is refused; 1 to 100 characters."
    previewed: Optional[str] = None
    "The previewId that you saw. If more would change by now, nothing is done: you get a CONFLICT and the new preview."


class SpendRule(BaseModel):
    """Net spend in a currency: over the whole life or the last days, at all brands or one."""

    min: Optional[Decimal] = None
    "At least this much."
    max: Optional[Decimal] = None
    "At most this much."
    currency: Optional[str] = None
    "ISO 4217; the group's main one if not given."
    days: Optional[int] = None
    "Only the last days, times 24 hours."
    brand: Optional[str] = None
    "Code of a brand."


class TierRule(BaseModel):
    """Is in one of these tiers."""

    tiers: list[str]
    "Names of tiers; 1 to 50."


class VisitsRule(BaseModel):
    """Number of visits: over the whole life or the last days, at all brands or one."""

    min: Optional[int] = None
    "At least this many."
    max: Optional[int] = None
    "At most this many."
    days: Optional[int] = None
    "Only the last days, times 24 hours."
    brand: Optional[str] = None
    "Code of a brand."


CustomerBy.model_rebuild()
IdentityBy.model_rebuild()
SegmentRule.model_rebuild()
SegmentSaveInput.model_rebuild()
