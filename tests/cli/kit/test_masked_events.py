"""Whatever is shown of an event holds no contact data."""

from __future__ import annotations

from cli.kit.masked_events import masked_raw


def test_masking_of_anything() -> None:
    raw = {
        "type": "x",
        "at": "2026",
        "order": {"total": "5", "mail": "jane@a.b"},
        "jane": ["Roe", 20255501, None, True],
    }
    shown = {"type": "x", "at": "2026", "order": {"total": "5", "mail": "j•••"}, "jane": ["R•••", "2•••", None, True]}
    assert masked_raw(raw) == shown
    assert masked_raw({"subject": {"id": "jane", "region": "US"}}) == {"subject": {"id": "j•••", "region": "U•••"}}
    assert masked_raw("jane@a.b") == "j•••"
    assert masked_raw({"rows": [{"source": "jane"}]}) == {"rows": [{"source": "j•••"}]}
