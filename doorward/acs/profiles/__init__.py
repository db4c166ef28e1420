"""Identification profiles: what must be shown at a door, on which side, and when."""
