"""Motion in a camera's pictures: found, kept by the second, and searched."""
