from typing import Any

from .base_model import BaseModel


class Segments(BaseModel):
    segments: list["SegmentsSegments"]


class SegmentsSegments(BaseModel):
    id: str
    name: str
    rule: Any
    count: int


Segments.model_rebuild()
