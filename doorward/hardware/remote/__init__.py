"""A controller apart from the server: its identity, its link over TLS, and the program around it."""
