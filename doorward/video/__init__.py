"""The video plane: recording cameras to disk, finding and playing what was recorded."""
