"""Why an access decision came out as it did: stable codes, each with words for people."""

from enum import StrEnum


class Reason(StrEnum):
    """A stable code; stored with events, so a member is never renamed or reused."""

    GRANTED = "granted"
    # The controller and the reader.
    NO_POLICY = "no_policy"
    POLICY_STALE = "policy_stale"
    CLOCK_UNRELIABLE = "clock_unreliable"
    READER_UNKNOWN = "reader_unknown"
    READER_WAS_OFFLINE = "reader_was_offline"
    READER_LOCKED_OUT = "reader_locked_out"
    DOOR_NOT_READY = "door_not_ready"
    # What was shown.
    CARD_LENGTH_UNKNOWN = "card_length_unknown"
    CARD_PARITY_ERROR = "card_parity_error"
    CARD_UNKNOWN = "card_unknown"
    CARD_AMBIGUOUS = "card_ambiguous"
    PIN_LENGTH_WRONG = "pin_length_wrong"
    PIN_UNKNOWN = "pin_unknown"
    PIN_WRONG = "pin_wrong"
    PIN_AMBIGUOUS = "pin_ambiguous"
    QR_UNKNOWN = "qr_unknown"
    QR_INVALID = "qr_invalid"
    QR_OUT_OF_TIME = "qr_out_of_time"
    QR_REPLAYED = "qr_replayed"
    MOBILE_UNKNOWN = "mobile_unknown"
    PLATE_UNKNOWN = "plate_unknown"
    CREDENTIALS_DIFFER = "credentials_differ"
    # The credential and its owner.
    CREDENTIAL_SUSPENDED = "credential_suspended"
    CREDENTIAL_LOST = "credential_lost"
    CREDENTIAL_STOLEN = "credential_stolen"
    CREDENTIAL_NOT_YET_VALID = "credential_not_yet_valid"
    CREDENTIAL_EXPIRED = "credential_expired"
    CREDENTIAL_USED_UP = "credential_used_up"
    CARDHOLDER_UNKNOWN = "cardholder_unknown"
    CARDHOLDER_SUSPENDED = "cardholder_suspended"
    CARDHOLDER_NOT_YET_VALID = "cardholder_not_yet_valid"
    CARDHOLDER_EXPIRED = "cardholder_expired"
    # The door, the rules and the time.
    DOOR_LOCKDOWN = "door_lockdown"
    NO_ACCESS_RULE = "no_access_rule"
    OUTSIDE_SCHEDULE = "outside_schedule"
    PROFILE_UNKNOWN = "profile_unknown"
    METHOD_NOT_ACCEPTED = "method_not_accepted"
    PIN_REQUIRED = "pin_required"
    CARD_REQUIRED = "card_required"
    # The zone and the others.
    ANTI_PASSBACK = "anti_passback"
    ANTI_PASSBACK_EXIT = "anti_passback_exit"
    ZONE_FULL = "zone_full"
    ZONE_ISOLATED = "zone_isolated"
    INTERLOCK_OPEN = "interlock_open"
    INTERLOCK_UNKNOWN = "interlock_unknown"
    SECOND_PERSON_REQUIRED = "second_person_required"
    GROUP_REQUIRED = "group_required"
    OCCUPANTS_REQUIRED = "occupants_required"
    ESCORT_REQUIRED = "escort_required"
    DOOR_OFFLINE = "door_offline"
    JOURNAL_UNAVAILABLE = "journal_unavailable"


WORDS: dict[Reason, str] = {
    Reason.GRANTED: "Access granted.",
    Reason.NO_POLICY: "The controller has not received its access rules yet.",
    Reason.POLICY_STALE: (
        "The controller has been out of contact for longer than this site allows. Restore its connection to the server."
    ),
    Reason.CLOCK_UNRELIABLE: "The controller's clock cannot be trusted. Check its battery and time server.",
    Reason.READER_UNKNOWN: "This reader is not part of any door. Assign it to a door side.",
    Reason.READER_WAS_OFFLINE: (
        "The card was presented while the reader was offline or the controller stood still. Present it again."
    ),
    Reason.READER_LOCKED_OUT: "Too many wrong PINs were entered at this reader. Wait until its lockout ends.",
    Reason.DOOR_NOT_READY: "The door has no hardware yet, has no lock, or is under maintenance.",
    Reason.CARD_LENGTH_UNKNOWN: "No card format that is active at this reader has this number of bits.",
    Reason.CARD_PARITY_ERROR: "The parity of the card does not match its format: a bad read, or another format.",
    Reason.CARD_UNKNOWN: "This card belongs to nobody.",
    Reason.CARD_AMBIGUOUS: "Several cards have this number and the facility code decides between none of them.",
    Reason.PIN_LENGTH_WRONG: "The PIN is shorter or longer than this reader allows.",
    Reason.PIN_UNKNOWN: "This PIN belongs to nobody.",
    Reason.PIN_WRONG: "This is not the PIN of this cardholder.",
    Reason.PIN_AMBIGUOUS: "Several people have this PIN, so it cannot open a door alone. Give them different ones.",
    Reason.QR_UNKNOWN: "This QR code belongs to nobody.",
    Reason.QR_INVALID: "The QR code is not one of ours, or was altered.",
    Reason.QR_OUT_OF_TIME: "The dynamic QR code is too old or too new. Show a fresh one; check the clocks.",
    Reason.QR_REPLAYED: "This dynamic QR code has been shown before. Wait for the next one.",
    Reason.MOBILE_UNKNOWN: "This mobile credential belongs to nobody, or was revoked.",
    Reason.PLATE_UNKNOWN: "This licence plate belongs to nobody.",
    Reason.CREDENTIALS_DIFFER: "What was shown belongs to different people.",
    Reason.CREDENTIAL_SUSPENDED: "The credential is suspended.",
    Reason.CREDENTIAL_LOST: "The credential was reported lost.",
    Reason.CREDENTIAL_STOLEN: "The credential was reported stolen.",
    Reason.CREDENTIAL_NOT_YET_VALID: "The credential is not valid yet.",
    Reason.CREDENTIAL_EXPIRED: "The credential has expired.",
    Reason.CREDENTIAL_USED_UP: "The credential has been used as often as it may be.",
    Reason.CARDHOLDER_UNKNOWN: "The owner of the credential is not known to this controller.",
    Reason.CARDHOLDER_SUSPENDED: "The cardholder is suspended.",
    Reason.CARDHOLDER_NOT_YET_VALID: "The cardholder is not valid yet.",
    Reason.CARDHOLDER_EXPIRED: "The cardholder is no longer valid.",
    Reason.DOOR_LOCKDOWN: "The door is in lockdown. Reset the door to let cards in again.",
    Reason.NO_ACCESS_RULE: "No access rule lets this cardholder through this side of the door.",
    Reason.OUTSIDE_SCHEDULE: "The access rule does not apply at this time.",
    Reason.PROFILE_UNKNOWN: "The door's identification profile is not known to this controller.",
    Reason.METHOD_NOT_ACCEPTED: "This side of the door does not accept this kind of credential at this time.",
    Reason.PIN_REQUIRED: "A PIN is needed as well.",
    Reason.CARD_REQUIRED: "Something more must be shown besides this, as the identification profile says.",
    Reason.ANTI_PASSBACK: "The cardholder is in the zone already and has not left it (anti-passback).",
    Reason.ANTI_PASSBACK_EXIT: "The cardholder leaves a zone that they are not known to be in (anti-passback).",
    Reason.ZONE_FULL: "As many people are in the zone as it may hold.",
    Reason.ZONE_ISOLATED: "The controller cannot reach those it shares the zone with, and the zone then takes nobody.",
    Reason.INTERLOCK_OPEN: "Another door of the interlock is open or unlocked. Close it first.",
    Reason.INTERLOCK_UNKNOWN: "The state of another door of the interlock is not known.",
    Reason.SECOND_PERSON_REQUIRED: "A second person must show a valid credential (two-person rule).",
    Reason.GROUP_REQUIRED: "Two people came, but neither belongs to a group that the two-person rule asks for.",
    Reason.OCCUPANTS_REQUIRED: "More people must enter or leave this zone together.",
    Reason.ESCORT_REQUIRED: "An escort must show a valid credential next.",
    Reason.DOOR_OFFLINE: "The door's input and output device is offline, so it cannot be released.",
    Reason.JOURNAL_UNAVAILABLE: (
        "The decision could not be written down, so the door stayed locked. Check the controller's disk."
    ),
}
