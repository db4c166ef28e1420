"""Webhooks: events sent to programs elsewhere as they are stored, signed, and tried again until they arrive."""
