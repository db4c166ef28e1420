"""The simulator: any site's hardware from a file, with scenarios, faults and a console."""
