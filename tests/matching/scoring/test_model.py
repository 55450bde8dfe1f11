"""A model file is complete, and a mistake in one is refused with its place."""

from __future__ import annotations

import json

import pytest

from domain.errors import SetupError
from matching.scoring import default_model, parse_model
from matching.scoring.levels import LEVELS

MODEL = default_model()


def test_a_model_with_a_mistake_is_refused_with_the_place() -> None:
    model = json.loads(MODEL.text())
    del model["fields"]["sex"]["equal"]
    with pytest.raises(SetupError, match="field sex has the levels"):
        parse_model(json.dumps(model))


@pytest.mark.parametrize("link", [0.0, -1.0])
def test_a_model_without_room_for_a_review_is_refused(link: float) -> None:
    model = json.loads(MODEL.text()) | {"review": 0.0, "link": link}
    with pytest.raises(SetupError, match="review is not below link"):
        parse_model(json.dumps(model))


def test_the_shipped_model_has_every_field_and_a_card() -> None:
    assert MODEL.fields.keys() == LEVELS.keys()
    assert parse_model(MODEL.text()).text() == MODEL.text()
