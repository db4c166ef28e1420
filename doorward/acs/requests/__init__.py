"""Requests with an idempotency key: carried out once, whatever is lost on the way."""
