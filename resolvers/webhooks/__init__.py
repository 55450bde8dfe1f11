"""The desk of webhooks: who gets the feed's events over HTTP, and what came of them."""
