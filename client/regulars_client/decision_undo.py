from pydantic import Field

from .base_model import BaseModel
from .fragments import Decided


class DecisionUndo(BaseModel):
    decision_undo: "DecisionUndoDecisionUndo" = Field(alias="decisionUndo")


class DecisionUndoDecisionUndo(Decided):
    pass


DecisionUndo.model_rebuild()
