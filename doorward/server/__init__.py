"""The composition root: everything is built, started, stopped and served here."""
