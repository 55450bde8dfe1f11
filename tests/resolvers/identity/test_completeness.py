"""How complete the claims of each source are.

Tests graph.reports too.
"""

from __future__ import annotations

import pytest

from tests.kit.story import Story, event, person

pytestmark = pytest.mark.neo4j


async def test_how_complete_each_source_is(story: Story) -> None:
    await story.take(
        event("identify", "club", "18T10:00", subject=person("Odd", "Lie", id_="odd", email="odd@lie.example")),
        event("identify", "club", "18T11:00", subject=person("Eva", id_="eva", phone="+12125550155")),
    )
    document = "{ completeness { source records fields { field records share } } }"
    rows = (await story.ask(document))["completeness"]
    assert rows[0]["source"] is None
    assert rows[0]["records"] == sum(row["records"] for row in rows[1:])
    [club] = [row for row in rows if row["source"] == "club"]
    assert club == {
        "source": "club",
        "records": 2,
        "fields": [
            {"field": "email", "records": 1, "share": 0.5},
            {"field": "family_name", "records": 1, "share": 0.5},
            {"field": "given_name", "records": 2, "share": 1.0},
            {"field": "phone", "records": 1, "share": 0.5},
        ],
    }
    assert [row["source"] for row in rows[1:]] == sorted(row["source"] for row in rows[1:])
    assert (await story.refused(document, scopes=frozenset()))[0] == "NOT_ALLOWED"
