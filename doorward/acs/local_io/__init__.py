"""Auxiliary inputs and outputs, and the local rules by which a controller switches the ones by the other."""
