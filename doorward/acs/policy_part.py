"""The parts of a policy that change on their own, so that controllers can be sent only those."""

from enum import StrEnum


class PolicyPart(StrEnum):
    """A kind of entity in a policy snapshot. A border's id is "<zone id>/<door id>"; SITE's is "site"."""

    DOOR = "door"
    READER = "reader"
    DEVICE = "device"
    CREDENTIAL = "credential"
    CARDHOLDER = "cardholder"
    SCHEDULE = "schedule"
    RULE = "rule"
    FORMAT = "format"
    PROFILE = "profile"
    ZONE = "zone"
    BORDER = "border"
    INTERLOCK = "interlock"
    SITE = "site"
