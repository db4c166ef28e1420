"""When things apply."""
