"""Hardware made of software: OSDP devices and doors that behave, on pseudo-terminals."""
