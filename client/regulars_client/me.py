from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class Me(BaseModel):
    me: Optional["MeMe"]


class MeMe(BaseModel):
    number: str
    name: Optional[str]
    tier: Optional[str]
    loyalty_balance: "MeMeLoyaltyBalance" = Field(alias="loyaltyBalance")


class MeMeLoyaltyBalance(BaseModel):
    points: int


Me.model_rebuild()
MeMe.model_rebuild()
