from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class Decided(BaseModel):
    decision_id: Optional[str] = Field(alias="decisionId")
    customers: list["DecidedCustomers"]
    overruled: list[str]
    user_errors: list["DecidedUserErrors"] = Field(alias="userErrors")


class DecidedCustomers(BaseModel):
    number: str
    name: str
    record_ids: list[str] = Field(alias="recordIds")


class DecidedUserErrors(BaseModel):
    code: str
    message: str
    field: list[str]


Decided.model_rebuild()
