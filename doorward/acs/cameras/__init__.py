"""Cameras, the door sides they look at, and bookmarks on their recordings."""
