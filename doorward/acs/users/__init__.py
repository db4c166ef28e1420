"""The people who sign in, and what each may do."""
