"""Countries by their codes of ISO 3166."""

from __future__ import annotations

# What the United Kingdom and Greece are often called. ISO 3166 gives these two codes to nobody else.
_USUAL = {"UK": "GB", "EL": "GR"}


def iso_country(code: str) -> str:
    """The code as ISO 3166 has it: UK is GB."""
    return _USUAL.get(code, code)
