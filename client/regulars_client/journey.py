from datetime import datetime
from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Channel, TransactionStatus


class Journey(BaseModel):
    customer: Optional["JourneyCustomer"]


class JourneyCustomer(BaseModel):
    number: str
    transactions: "JourneyCustomerTransactions"


class JourneyCustomerTransactions(BaseModel):
    edges: list["JourneyCustomerTransactionsEdges"]
    page_info: "JourneyCustomerTransactionsPageInfo" = Field(alias="pageInfo")


class JourneyCustomerTransactionsEdges(BaseModel):
    cursor: str
    node: "JourneyCustomerTransactionsEdgesNode"


class JourneyCustomerTransactionsEdgesNode(BaseModel):
    id: str
    order_id: str = Field(alias="orderId")
    source: str
    status: TransactionStatus
    at: datetime
    channel: Channel
    brand: Optional["JourneyCustomerTransactionsEdgesNodeBrand"]
    store: Optional["JourneyCustomerTransactionsEdgesNodeStore"]
    total: "JourneyCustomerTransactionsEdgesNodeTotal"
    refunded: "JourneyCustomerTransactionsEdgesNodeRefunded"
    points: int


class JourneyCustomerTransactionsEdgesNodeBrand(BaseModel):
    code: str
    name: str


class JourneyCustomerTransactionsEdgesNodeStore(BaseModel):
    code: str
    name: str


class JourneyCustomerTransactionsEdgesNodeTotal(BaseModel):
    amount: Decimal
    currency: str


class JourneyCustomerTransactionsEdgesNodeRefunded(BaseModel):
    amount: Decimal
    currency: str


class JourneyCustomerTransactionsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


Journey.model_rebuild()
JourneyCustomer.model_rebuild()
JourneyCustomerTransactions.model_rebuild()
JourneyCustomerTransactionsEdges.model_rebuild()
JourneyCustomerTransactionsEdgesNode.model_rebuild()
