"""Configuration and activity reports (none yet)."""
