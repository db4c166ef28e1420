"""What the tests that look at a screen share."""

from pathlib import Path

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]

CLOCK_SCRIPT = (Path(__file__).parent / "burned_clock.js").read_text()
"""Declares `clock(video)`: the burned-in time of the picture on screen, in Unix milliseconds, or null."""
