from pydantic import Field

from .base_model import BaseModel
from .fragments import Decided


class CustomerMerge(BaseModel):
    customer_merge: "CustomerMergeCustomerMerge" = Field(alias="customerMerge")


class CustomerMergeCustomerMerge(Decided):
    pass


CustomerMerge.model_rebuild()
