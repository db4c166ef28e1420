"""Jobs: what takes longer than a request, such as the import of a file, worked off in batches."""
