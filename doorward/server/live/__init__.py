"""Live pictures for browsers."""
