from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class PointsChanged(BaseModel):
    points_changed: "PointsChangedPointsChanged" = Field(alias="pointsChanged")


class PointsChangedPointsChanged(BaseModel):
    cursor: str
    customer_number: str = Field(alias="customerNumber")
    change: Optional[int]
    balance: "PointsChangedPointsChangedBalance"


class PointsChangedPointsChangedBalance(BaseModel):
    points: int
    by_brand: list["PointsChangedPointsChangedBalanceByBrand"] = Field(alias="byBrand")


class PointsChangedPointsChangedBalanceByBrand(BaseModel):
    brand: "PointsChangedPointsChangedBalanceByBrandBrand"
    points: int


class PointsChangedPointsChangedBalanceByBrandBrand(BaseModel):
    code: str
    name: str


PointsChanged.model_rebuild()
PointsChangedPointsChanged.model_rebuild()
PointsChangedPointsChangedBalance.model_rebuild()
PointsChangedPointsChangedBalanceByBrand.model_rebuild()
