"""Tests of users and how they sign in."""
