"""Controllers: they own doors, decide alone, drive the hardware and keep the journal."""
