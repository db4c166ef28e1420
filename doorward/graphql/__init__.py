"""The API: a thin face on the operations and queries of the domain."""
