"""Doors, their readers and devices, and the controllers that own them."""
