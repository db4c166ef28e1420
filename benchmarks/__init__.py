"""Doorward beside its peers: each module measures both in one run and prints a ratio."""
