from pydantic import Field

from .base_model import BaseModel
from .enums import Standing


class IdentityWhy(BaseModel):
    identity_why: "IdentityWhyIdentityWhy" = Field(alias="identityWhy")


class IdentityWhyIdentityWhy(BaseModel):
    summary: str
    up_to_date: bool = Field(alias="upToDate")
    common: list["IdentityWhyIdentityWhyCommon"]
    score: "IdentityWhyIdentityWhyScore"


class IdentityWhyIdentityWhyCommon(BaseModel):
    type_: str = Field(alias="type")
    display: str
    standing: Standing
    bits: float
    people: int
    explanation: str


class IdentityWhyIdentityWhyScore(BaseModel):
    bits: float


IdentityWhy.model_rebuild()
IdentityWhyIdentityWhy.model_rebuild()
