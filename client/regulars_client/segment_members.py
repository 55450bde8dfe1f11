from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class SegmentMembers(BaseModel):
    segment: Optional["SegmentMembersSegment"]


class SegmentMembersSegment(BaseModel):
    name: str
    members: "SegmentMembersSegmentMembers"


class SegmentMembersSegmentMembers(BaseModel):
    edges: list["SegmentMembersSegmentMembersEdges"]
    page_info: "SegmentMembersSegmentMembersPageInfo" = Field(alias="pageInfo")


class SegmentMembersSegmentMembersEdges(BaseModel):
    node: "SegmentMembersSegmentMembersEdgesNode"


class SegmentMembersSegmentMembersEdgesNode(BaseModel):
    number: str
    name: Optional[str]
    tier: Optional[str]


class SegmentMembersSegmentMembersPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


SegmentMembers.model_rebuild()
SegmentMembersSegment.model_rebuild()
SegmentMembersSegmentMembers.model_rebuild()
SegmentMembersSegmentMembersEdges.model_rebuild()
