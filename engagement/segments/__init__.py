"""Segments: rules over guests, parsed, compiled to Cypher, evaluated on one guest, followed."""
