from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class ProfileChanged(BaseModel):
    profile_changed: "ProfileChangedProfileChanged" = Field(alias="profileChanged")


class ProfileChangedProfileChanged(BaseModel):
    cursor: str
    customer: Optional["ProfileChangedProfileChangedCustomer"]


class ProfileChangedProfileChangedCustomer(BaseModel):
    number: str
    name: Optional[str]
    tier: Optional[str]
    loyalty_balance: "ProfileChangedProfileChangedCustomerLoyaltyBalance" = Field(
        alias="loyaltyBalance"
    )


class ProfileChangedProfileChangedCustomerLoyaltyBalance(BaseModel):
    points: int


ProfileChanged.model_rebuild()
ProfileChangedProfileChanged.model_rebuild()
ProfileChangedProfileChangedCustomer.model_rebuild()
