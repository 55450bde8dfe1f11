"""Webhooks: the feed's events, signed and sent to others over HTTP, in order and until they arrive."""
