"""Wiegand readers behind serial converters."""
