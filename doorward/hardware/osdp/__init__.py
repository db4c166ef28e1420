"""The OSDP driver: libosdp's control panel on serial ports, always with an enforced secure channel."""
