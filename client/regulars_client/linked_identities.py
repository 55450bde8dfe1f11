from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import RecordKind


class LinkedIdentities(BaseModel):
    customer: Optional["LinkedIdentitiesCustomer"]


class LinkedIdentitiesCustomer(BaseModel):
    number: str
    linked_identities: list["LinkedIdentitiesCustomerLinkedIdentities"] = Field(
        alias="linkedIdentities"
    )


class LinkedIdentitiesCustomerLinkedIdentities(BaseModel):
    record_id: str = Field(alias="recordId")
    source: str
    kind: RecordKind
    identifiers: list["LinkedIdentitiesCustomerLinkedIdentitiesIdentifiers"]


class LinkedIdentitiesCustomerLinkedIdentitiesIdentifiers(BaseModel):
    type_: str = Field(alias="type")
    display: str


LinkedIdentities.model_rebuild()
LinkedIdentitiesCustomer.model_rebuild()
LinkedIdentitiesCustomerLinkedIdentities.model_rebuild()
