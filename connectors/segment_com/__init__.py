"""Translates events of Segment.com's client libraries into native events."""
