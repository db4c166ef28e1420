"""Cards and what else opens a door."""
