"""Readers, intercoms and cameras on the network: they push what they read, and are told what came of it."""
