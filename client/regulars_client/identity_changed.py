from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import ChangeKind


class IdentityChanged(BaseModel):
    identity_changed: "IdentityChangedIdentityChanged" = Field(alias="identityChanged")


class IdentityChangedIdentityChanged(BaseModel):
    cursor: str
    change: "IdentityChangedIdentityChangedChange"


class IdentityChangedIdentityChangedChange(BaseModel):
    kind: ChangeKind
    from_number: Optional[str] = Field(alias="fromNumber")
    to_number: str = Field(alias="toNumber")
    records: int
    reason: str
    at: datetime


IdentityChanged.model_rebuild()
IdentityChangedIdentityChanged.model_rebuild()
