"""Cameras by ONVIF: find them, ask them, turn them, hear what they notice. None of them is trusted."""
