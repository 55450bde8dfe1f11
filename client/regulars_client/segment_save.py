from typing import Any, Optional

from pydantic import Field

from .base_model import BaseModel


class SegmentSave(BaseModel):
    segment_save: "SegmentSaveSegmentSave" = Field(alias="segmentSave")


class SegmentSaveSegmentSave(BaseModel):
    segment: Optional["SegmentSaveSegmentSaveSegment"]
    user_errors: list["SegmentSaveSegmentSaveUserErrors"] = Field(alias="userErrors")


class SegmentSaveSegmentSaveSegment(BaseModel):
    id: str
    name: str
    rule: Any
    count: int


class SegmentSaveSegmentSaveUserErrors(BaseModel):
    code: str
    message: str
    field: list[str]


SegmentSave.model_rebuild()
SegmentSaveSegmentSave.model_rebuild()
