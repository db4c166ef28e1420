"""Who uses schedules: what has to let go of one before it can be deleted."""

from doorward.acs.used_by import UseFinder

SCHEDULE_USES: list[UseFinder] = []
"""Each finds the users of any of the schedules with these ids. Areas whose rows name schedules add one."""
