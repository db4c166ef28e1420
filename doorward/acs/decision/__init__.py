"""Pure rules: no I/O, no clock of their own. What decides, and what a door then does."""
