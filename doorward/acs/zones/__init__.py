"""The areas that doors lead between."""
