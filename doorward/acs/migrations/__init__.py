"""The history of the tables; each file is one step."""
