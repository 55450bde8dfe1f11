from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import SegmentChangeKind


class SegmentChanged(BaseModel):
    segment_changed: "SegmentChangedSegmentChanged" = Field(alias="segmentChanged")


class SegmentChangedSegmentChanged(BaseModel):
    cursor: str
    kind: SegmentChangeKind
    at: Optional[datetime]
    customer_number: Optional[str] = Field(alias="customerNumber")


SegmentChanged.model_rebuild()
