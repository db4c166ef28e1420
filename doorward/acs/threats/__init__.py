"""Threat levels: named postures of the whole site that switch rules, profiles and lockdowns in one act."""
