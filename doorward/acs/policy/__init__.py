"""The policy pipeline: from tables to what controllers decide by, whole or as deltas."""
