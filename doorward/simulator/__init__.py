"""The simulator: any site's hardware from a file, with scenarios, faults and a console.

Importing this package is cheap: the OSDP library and the database load only when a command runs.
"""

from doorward.simulator.commands import add_simulator_arguments, run_simulator

__all__ = ["add_simulator_arguments", "run_simulator"]
