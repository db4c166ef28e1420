"""Who uses a door: what has to let go of it before it can be deleted."""

from doorward.acs.used_by import UseFinder

DOOR_USES: list[UseFinder] = []
"""Each finds the users of any of the doors with these ids. Areas whose rows name doors add one (see cross_area.py)."""
