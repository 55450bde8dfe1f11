from datetime import date, datetime
from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Channel


class Profile(BaseModel):
    customer: Optional["ProfileCustomer"]


class ProfileCustomer(BaseModel):
    number: str
    known: bool
    name: Optional[str]
    emails: list[str]
    phones: list[str]
    tier: Optional[str]
    joined_at: Optional[date] = Field(alias="joinedAt")
    former_numbers: list[str] = Field(alias="formerNumbers")
    lifetime_spend: list["ProfileCustomerLifetimeSpend"] = Field(alias="lifetimeSpend")
    rfm: "ProfileCustomerRfm"
    last_visits: list["ProfileCustomerLastVisits"] = Field(alias="lastVisits")
    consents: list["ProfileCustomerConsents"]


class ProfileCustomerLifetimeSpend(BaseModel):
    amount: Decimal
    currency: str


class ProfileCustomerRfm(BaseModel):
    last_visit_at: Optional[datetime] = Field(alias="lastVisitAt")
    days_since_last_visit: Optional[int] = Field(alias="daysSinceLastVisit")
    visits: int
    visits_per_month: float = Field(alias="visitsPerMonth")
    average_ticket: Optional["ProfileCustomerRfmAverageTicket"] = Field(
        alias="averageTicket"
    )
    preferred_channel: Optional[Channel] = Field(alias="preferredChannel")


class ProfileCustomerRfmAverageTicket(BaseModel):
    amount: Decimal
    currency: str


class ProfileCustomerLastVisits(BaseModel):
    at: datetime
    channel: Channel
    brand: Optional["ProfileCustomerLastVisitsBrand"]
    store: Optional["ProfileCustomerLastVisitsStore"]
    amount: "ProfileCustomerLastVisitsAmount"


class ProfileCustomerLastVisitsBrand(BaseModel):
    code: str
    name: str


class ProfileCustomerLastVisitsStore(BaseModel):
    code: str
    name: str


class ProfileCustomerLastVisitsAmount(BaseModel):
    amount: Decimal
    currency: str


class ProfileCustomerConsents(BaseModel):
    purpose: str
    granted: bool
    at: datetime


Profile.model_rebuild()
ProfileCustomer.model_rebuild()
ProfileCustomerRfm.model_rebuild()
ProfileCustomerLastVisits.model_rebuild()
