"""What can go wrong beside the doors, in words for the person who can mend it."""


class HardwareError(Exception):
    """The root of this package's errors; the message says what to do."""


class JournalUnavailable(HardwareError):
    """The journal cannot be opened, read or written. No door is released by a card until it can be."""


class PolicyUnkept(HardwareError):
    """The policy file cannot be read or written; says what to do."""
