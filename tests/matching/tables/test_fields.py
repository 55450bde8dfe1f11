"""From columns as people name them to fields: kinds, spellings, names in their parts, several columns of one kind."""

from __future__ import annotations
