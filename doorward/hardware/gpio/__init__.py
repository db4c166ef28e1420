"""The GPIO driver: pins of the controller's own, and resistances measured by its analogue converters."""
