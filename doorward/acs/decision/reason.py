"""Why an access decision came out as it did: stable codes, each with words for people."""

from enum import StrEnum


class Reason(StrEnum):
    """A stable code; stored with events, so a member is never renamed or reused."""

    GRANTED = "granted"
    READER_UNKNOWN = "reader_unknown"
    READER_WAS_OFFLINE = "reader_was_offline"
    DOOR_LOCKDOWN = "door_lockdown"
    CARD_LENGTH_UNKNOWN = "card_length_unknown"
    CARD_PARITY_ERROR = "card_parity_error"
    CARD_UNKNOWN = "card_unknown"
    CREDENTIAL_SUSPENDED = "credential_suspended"
    CREDENTIAL_LOST = "credential_lost"
    CREDENTIAL_STOLEN = "credential_stolen"
    CREDENTIAL_NOT_YET_VALID = "credential_not_yet_valid"
    CREDENTIAL_EXPIRED = "credential_expired"
    CARDHOLDER_UNKNOWN = "cardholder_unknown"
    CARDHOLDER_SUSPENDED = "cardholder_suspended"
    CARDHOLDER_NOT_YET_VALID = "cardholder_not_yet_valid"
    CARDHOLDER_EXPIRED = "cardholder_expired"
    NO_ACCESS_RULE = "no_access_rule"
    OUTSIDE_SCHEDULE = "outside_schedule"
    DOOR_OFFLINE = "door_offline"
    NO_POLICY = "no_policy"
    JOURNAL_UNAVAILABLE = "journal_unavailable"


WORDS: dict[Reason, str] = {
    Reason.GRANTED: "Access granted.",
    Reason.READER_UNKNOWN: "This reader is not part of any door. Assign it to a door side.",
    Reason.READER_WAS_OFFLINE: (
        "The card was presented while the reader was offline and delivered afterwards. Present it again."
    ),
    Reason.DOOR_LOCKDOWN: "The door is in lockdown. Reset the door to let cards in again.",
    Reason.CARD_LENGTH_UNKNOWN: "No card format has this number of bits.",
    Reason.CARD_PARITY_ERROR: "The parity of the card does not match its format: a bad read, or another format.",
    Reason.CARD_UNKNOWN: "This card belongs to nobody.",
    Reason.CREDENTIAL_SUSPENDED: "The card is suspended.",
    Reason.CREDENTIAL_LOST: "The card was reported lost.",
    Reason.CREDENTIAL_STOLEN: "The card was reported stolen.",
    Reason.CREDENTIAL_NOT_YET_VALID: "The card is not valid yet.",
    Reason.CREDENTIAL_EXPIRED: "The card has expired.",
    Reason.CARDHOLDER_UNKNOWN: "The owner of the card is not known to this controller.",
    Reason.CARDHOLDER_SUSPENDED: "The cardholder is suspended.",
    Reason.CARDHOLDER_NOT_YET_VALID: "The cardholder is not valid yet.",
    Reason.CARDHOLDER_EXPIRED: "The cardholder is no longer valid.",
    Reason.NO_ACCESS_RULE: "No access rule lets this cardholder through this side of the door.",
    Reason.OUTSIDE_SCHEDULE: "The access rule does not apply at this time.",
    Reason.DOOR_OFFLINE: "The door's input and output device is offline, so it cannot be released.",
    Reason.NO_POLICY: "The controller has not received its access rules yet.",
    Reason.JOURNAL_UNAVAILABLE: (
        "The decision could not be written down, so the door stayed locked. Check the controller's disk."
    ),
}
