"""Doorward: physical access control with an integrated video recorder and a GraphQL API."""

__version__ = "0.1.0"
