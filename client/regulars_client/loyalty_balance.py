from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import LedgerKind


class LoyaltyBalance(BaseModel):
    customer: Optional["LoyaltyBalanceCustomer"]


class LoyaltyBalanceCustomer(BaseModel):
    number: str
    loyalty_balance: "LoyaltyBalanceCustomerLoyaltyBalance" = Field(
        alias="loyaltyBalance"
    )


class LoyaltyBalanceCustomerLoyaltyBalance(BaseModel):
    points: int
    by_brand: list["LoyaltyBalanceCustomerLoyaltyBalanceByBrand"] = Field(
        alias="byBrand"
    )
    entries: "LoyaltyBalanceCustomerLoyaltyBalanceEntries"


class LoyaltyBalanceCustomerLoyaltyBalanceByBrand(BaseModel):
    brand: "LoyaltyBalanceCustomerLoyaltyBalanceByBrandBrand"
    points: int


class LoyaltyBalanceCustomerLoyaltyBalanceByBrandBrand(BaseModel):
    code: str
    name: str


class LoyaltyBalanceCustomerLoyaltyBalanceEntries(BaseModel):
    edges: list["LoyaltyBalanceCustomerLoyaltyBalanceEntriesEdges"]


class LoyaltyBalanceCustomerLoyaltyBalanceEntriesEdges(BaseModel):
    node: "LoyaltyBalanceCustomerLoyaltyBalanceEntriesEdgesNode"


class LoyaltyBalanceCustomerLoyaltyBalanceEntriesEdgesNode(BaseModel):
    at: datetime
    points: int
    kind: LedgerKind
    reason: str
    transaction_id: Optional[str] = Field(alias="transactionId")


LoyaltyBalance.model_rebuild()
LoyaltyBalanceCustomer.model_rebuild()
LoyaltyBalanceCustomerLoyaltyBalance.model_rebuild()
LoyaltyBalanceCustomerLoyaltyBalanceByBrand.model_rebuild()
LoyaltyBalanceCustomerLoyaltyBalanceEntries.model_rebuild()
LoyaltyBalanceCustomerLoyaltyBalanceEntriesEdges.model_rebuild()
