"""The demo site: seeded through the domain's operations, played by simulated hardware, run by one command.

Importing this package is cheap: media and OSDP libraries load only when a command runs.
"""

from doorward.demo.commands import (
    add_demo_arguments,
    add_simulate_arguments,
    run_demo,
    run_simulate,
)

__all__ = ["add_demo_arguments", "add_simulate_arguments", "run_demo", "run_simulate"]
