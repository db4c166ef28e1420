"""Controllers: the small computers that own doors, how they come to be trusted, and how they are."""
