"""The append-only event log: what types there are, how they are stored and asked for."""
