"""Cardholders, their groups and their photos."""
