"""Every event type there is, with its meaning. An undeclared type cannot be written."""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What kind of thing an event tells; retention and permissions are per category."""

    ACCESS = "access"
    """Somebody was let in or not, or passed."""
    DOOR = "door"
    """What became of a door: forced, held, locked, in lockdown."""
    DEVICE = "device"
    """What became of readers, devices, inputs and outputs: lost, tampered with, without power."""
    VIDEO = "video"
    """What became of cameras and recordings."""
    SYSTEM = "system"
    """What became of the server, of controllers and of the threat level."""
    AUDIT = "audit"
    """What somebody did: changes, commands, signing in."""


class Severity(StrEnum):
    """How much it matters to the person on duty."""

    INFO = "info"
    """What happens every day."""
    NOTICE = "notice"
    """Worth knowing: a denial, a change by somebody."""
    WARNING = "warning"
    """To be looked at soon: something does not work as it should."""
    ALARM = "alarm"
    """To be looked at now."""


class EventType(StrEnum):
    """Dotted, lower case, stable: stored with events and never renamed."""

    ACCESS_GRANTED = "access.granted"
    ACCESS_DENIED = "access.denied"
    ACCESS_NO_ENTRY = "access.no_entry"
    DOOR_ACCESS_BY_OPERATOR = "door.access_by_operator"
    DOOR_REX = "door.rex"
    DOOR_OPENED = "door.opened"
    DOOR_CLOSED = "door.closed"
    DOOR_FORCED = "door.forced"
    DOOR_FORCED_CLEARED = "door.forced_cleared"
    DOOR_HELD = "door.held"
    DOOR_HELD_CLEARED = "door.held_cleared"
    DOOR_LOCKED = "door.locked"
    DOOR_UNLOCKED = "door.unlocked"
    DOOR_LOCKDOWN = "door.lockdown"
    DOOR_RESET = "door.reset"
    DOOR_ONLINE = "door.online"
    DOOR_OFFLINE = "door.offline"
    READER_ONLINE = "reader.online"
    READER_OFFLINE = "reader.offline"
    READER_TAMPER = "reader.tamper"
    READER_TAMPER_CLEARED = "reader.tamper_cleared"
    CONTROLLER_STARTED = "controller.started"
    CONTROLLER_ONLINE = "controller.online"
    CONTROLLER_OFFLINE = "controller.offline"
    JOURNAL_FAILED = "journal.failed"
    JOURNAL_RECOVERED = "journal.recovered"
    CAMERA_RECORDING = "camera.recording"
    CAMERA_LOST = "camera.lost"
    STORAGE_FULL = "storage.full"
    RECORDER_LOST = "recorder.lost"
    SERVER_STARTED = "server.started"
    USER_SIGNED_IN = "audit.user.signed_in"
    USER_SIGN_IN_FAILED = "audit.user.sign_in_failed"
    USER_SIGNED_OUT = "audit.user.signed_out"
    USER_CREATED = "audit.user.created"
    USER_PASSWORD_CHANGED = "audit.user.password_changed"  # noqa: S105 - the name of an event
    CARDHOLDER_CREATED = "audit.cardholder.created"
    CARDHOLDER_UPDATED = "audit.cardholder.updated"
    GROUP_CREATED = "audit.group.created"
    CARD_CREATED = "audit.card.created"
    CARD_UPDATED = "audit.card.updated"
    ZONE_CREATED = "audit.zone.created"
    DOOR_CREATED = "audit.door.created"
    DEVICE_CREATED = "audit.device.created"
    SCHEDULE_CREATED = "audit.schedule.created"
    ACCESS_RULE_CREATED = "audit.access_rule.created"
    CAMERA_CREATED = "audit.camera.created"
    CAMERA_UPDATED = "audit.camera.updated"
    CARDHOLDER_PHOTO_CHANGED = "audit.cardholder.photo_changed"
    DOOR_COMMANDED = "audit.door.commanded"
    DOOR_COMMAND_FAILED = "audit.door.command_failed"
    CLIP_VIEWED = "audit.clip.viewed"
    CARD_FORMAT_CREATED = "audit.card_format.created"
    CARD_FORMAT_UPDATED = "audit.card_format.updated"
    CARD_FORMAT_RESET = "audit.card_format.reset"
    CARD_FORMAT_ACTIVATED = "audit.card_format.activated"
    CARD_FORMAT_DEACTIVATED = "audit.card_format.deactivated"
    CARD_FORMAT_DELETED = "audit.card_format.deleted"
    READER_CARD_FORMATS_CHANGED = "audit.reader.card_formats_changed"
    PIN_RULES_CHANGED = "audit.pin_rules.changed"
    READER_PIN_RULES_CHANGED = "audit.reader.pin_rules_changed"
    CARDHOLDER_DELETED = "audit.cardholder.deleted"
    GROUP_UPDATED = "audit.group.updated"
    GROUP_DELETED = "audit.group.deleted"
    GROUP_MEMBERS_ADDED = "audit.group.members_added"
    GROUP_MEMBERS_REMOVED = "audit.group.members_removed"
    CUSTOM_FIELD_CREATED = "audit.custom_field.created"
    CUSTOM_FIELD_UPDATED = "audit.custom_field.updated"
    CUSTOM_FIELD_DELETED = "audit.custom_field.deleted"
    # Doors and identification profiles
    DOOR_UPDATED = "audit.door.updated"
    DOOR_DELETED = "audit.door.deleted"
    DOOR_WIRED = "audit.door.wired"
    DOOR_MAINTENANCE_SET = "audit.door.maintenance_set"
    READER_UPDATED = "audit.reader.updated"
    READER_DELETED = "audit.reader.deleted"
    DEVICE_DELETED = "audit.device.deleted"
    ELEVATOR_CREATED = "audit.elevator.created"
    ELEVATOR_UPDATED = "audit.elevator.updated"
    ELEVATOR_DELETED = "audit.elevator.deleted"
    PROFILE_CREATED = "audit.profile.created"
    PROFILE_UPDATED = "audit.profile.updated"
    PROFILE_DELETED = "audit.profile.deleted"
    # Zones, interlocks, access rules.
    ACCESS_WAITING = "access.waiting"
    ACCESS_DURESS = "access.duress"
    ACCESS_TRACED = "access.traced"
    READER_LOCKED_OUT = "reader.locked_out"
    READER_LOCKOUT_ENDED = "reader.lockout_ended"
    ACCESS_ENTERED = "access.entered"
    ACCESS_PASSBACK = "access.passback"
    ZONE_FULL = "zone.full"
    ZONE_FULL_CLEARED = "zone.full_cleared"
    ZONE_BELOW_MINIMUM = "zone.below_minimum"
    ZONE_BELOW_MINIMUM_CLEARED = "zone.below_minimum_cleared"
    ZONE_UPDATED = "audit.zone.updated"
    ZONE_DELETED = "audit.zone.deleted"
    INTERLOCK_CREATED = "audit.interlock.created"
    INTERLOCK_UPDATED = "audit.interlock.updated"
    INTERLOCK_DELETED = "audit.interlock.deleted"
    PASSBACK_FORGIVEN = "audit.passback.forgiven"
    PRESENCE_SET = "audit.presence.set"
    ACCESS_RULE_UPDATED = "audit.access_rule.updated"
    ACCESS_RULE_DELETED = "audit.access_rule.deleted"
    # Credentials.
    CREDENTIAL_CREATED = "audit.credential.created"
    CREDENTIAL_UPDATED = "audit.credential.updated"
    CREDENTIAL_DELETED = "audit.credential.deleted"
    CREDENTIAL_PIN_CHANGED = "audit.credential.pin_changed"
    CREDENTIAL_QR_SHOWN = "audit.credential.qr_shown"
    MOBILE_INVITED = "audit.mobile.invited"
    MOBILE_PAIRED = "audit.mobile.paired"
    MOBILE_PAIRING_FAILED = "audit.mobile.pairing_failed"
    MOBILE_REVOKED = "audit.mobile.revoked"
    SCHEDULE_UPDATED = "audit.schedule.updated"
    SCHEDULE_DELETED = "audit.schedule.deleted"
    OVERRIDE_SCHEDULE_CREATED = "audit.override_schedule.created"
    OVERRIDE_SCHEDULE_UPDATED = "audit.override_schedule.updated"
    OVERRIDE_SCHEDULE_DELETED = "audit.override_schedule.deleted"
    HOLIDAY_CALENDAR_CREATED = "audit.holiday_calendar.created"
    HOLIDAY_CALENDAR_UPDATED = "audit.holiday_calendar.updated"
    HOLIDAY_CALENDAR_DELETED = "audit.holiday_calendar.deleted"
    SITE_UPDATED = "audit.site.updated"
    DOOR_HELD_WARNING = "door.held_warning"
    DOOR_HELD_WARNING_CLEARED = "door.held_warning_cleared"
    DOOR_TOGGLED = "door.toggled"
    DOOR_UNLOCKED_BY_SCHEDULE = "door.unlocked_by_schedule"
    DOOR_LOCKED_BY_SCHEDULE = "door.locked_by_schedule"
    DOOR_THREAT_LOCKDOWN = "door.threat_lockdown"
    DOOR_THREAT_LOCKDOWN_ENDED = "door.threat_lockdown_ended"
    DOOR_EMERGENCY = "door.emergency"
    DOOR_EMERGENCY_CLEARED = "door.emergency_cleared"
    DOOR_MAINTENANCE = "door.maintenance"
    DOOR_MAINTENANCE_ENDED = "door.maintenance_ended"
    DOOR_SENSOR_FAULT = "door.sensor_fault"
    DOOR_SENSOR_FAULT_CLEARED = "door.sensor_fault_cleared"
    DOOR_REX_FAULT = "door.rex_fault"
    DOOR_REX_FAULT_CLEARED = "door.rex_fault_cleared"
    DOOR_EMERGENCY_FAULT = "door.emergency_fault"
    DOOR_EMERGENCY_FAULT_CLEARED = "door.emergency_fault_cleared"
    DOOR_TAMPER = "door.tamper"
    DOOR_TAMPER_CLEARED = "door.tamper_cleared"
    DOOR_POWER_LOST = "door.power_lost"
    DOOR_POWER_RESTORED = "door.power_restored"
    READER_POWER_LOST = "reader.power_lost"
    READER_POWER_RESTORED = "reader.power_restored"
    DEVICE_ONLINE = "device.online"
    DEVICE_OFFLINE = "device.offline"
    # Manual actions on zones, threat levels.
    ZONE_COMMANDED = "audit.zone.commanded"
    THREAT_RAISED = "threat.raised"
    THREAT_LOWERED = "threat.lowered"
    THREAT_RELEASED = "threat.released"
    THREAT_SET = "audit.threat.set"
    THREAT_LEVEL_CREATED = "audit.threat_level.created"
    THREAT_LEVEL_UPDATED = "audit.threat_level.updated"
    THREAT_LEVEL_DELETED = "audit.threat_level.deleted"
    # What the server does by the clock.
    JOB_FAILED = "server.job_failed"
    MOBILE_INVITATION_EXPIRED = "audit.mobile.invitation_expired"
    # Controllers apart from the server.
    CONTROLLER_CREATED = "audit.controller.created"
    CONTROLLER_UPDATED = "audit.controller.updated"
    CONTROLLER_DELETED = "audit.controller.deleted"
    CONTROLLER_CODE_ISSUED = "audit.controller.code_issued"
    CONTROLLER_REVOKED = "audit.controller.revoked"
    CONTROLLER_ENROLLED = "audit.controller.enrolled"
    CONTROLLER_ENROLMENT_FAILED = "audit.controller.enrolment_failed"
    CONTROLLER_CERTIFICATE_RENEWED = "audit.controller.certificate_renewed"
    CONTROLLER_REFUSED = "controller.refused"
    CONTROLLER_ALONE = "controller.alone"
    CONTROLLER_ALONE_ENDED = "controller.alone_ended"
    CLOCK_OFF = "controller.clock_off"
    CLOCK_OFF_ENDED = "controller.clock_off_ended"
    CLOCK_STEPPED = "controller.clock_stepped"
    JOURNAL_NEARLY_FULL = "journal.nearly_full"
    JOURNAL_NEARLY_FULL_ENDED = "journal.nearly_full_ended"
    JOURNAL_OVERRUN = "journal.overrun"
    JOURNAL_LOST = "journal.lost"
    DOOR_UNREACHABLE = "door.unreachable"
    DOOR_REACHABLE = "door.reachable"

    # Wiegand.
    READER_FLOODED = "reader.flooded"
    READER_FLOOD_ENDED = "reader.flood_ended"
    WIEGAND_DEVICE_UPDATED = "audit.wiegand_device.updated"
    # Auxiliary inputs and outputs, local rules.
    INPUT_ACTIVE = "input.active"
    INPUT_NORMAL = "input.normal"
    INPUT_FAULT = "input.fault"
    INPUT_FAULT_CLEARED = "input.fault_cleared"
    OUTPUT_ON = "output.on"
    OUTPUT_OFF = "output.off"
    OUTPUT_PULSED = "output.pulsed"
    OUTPUT_MISSED = "output.missed"
    OUTPUT_AUTO = "output.auto"
    DOOR_BATTERY_LOW = "door.battery_low"
    DOOR_BATTERY_LOW_CLEARED = "door.battery_low_cleared"
    DOOR_BATTERY_CRITICAL = "door.battery_critical"
    DOOR_BATTERY_CRITICAL_CLEARED = "door.battery_critical_cleared"
    DOOR_LOCK_JAMMED = "door.lock_jammed"
    DOOR_LOCK_JAM_CLEARED = "door.lock_jam_cleared"
    GPIO_DEVICE_UPDATED = "audit.gpio_device.updated"
    AUX_INPUT_CREATED = "audit.aux_input.created"
    AUX_INPUT_UPDATED = "audit.aux_input.updated"
    AUX_INPUT_DELETED = "audit.aux_input.deleted"
    AUX_OUTPUT_CREATED = "audit.aux_output.created"
    AUX_OUTPUT_UPDATED = "audit.aux_output.updated"
    AUX_OUTPUT_DELETED = "audit.aux_output.deleted"
    AUX_OUTPUT_COMMANDED = "audit.aux_output.commanded"
    AUX_OUTPUT_COMMAND_FAILED = "audit.aux_output.command_failed"
    LOCAL_RULE_CREATED = "audit.local_rule.created"
    LOCAL_RULE_UPDATED = "audit.local_rule.updated"
    LOCAL_RULE_DELETED = "audit.local_rule.deleted"
    # OSDP devices: install mode, keys, captures, files.
    READER_INSTALL_MODE = "reader.install_mode"
    READER_INSTALL_MODE_ENDED = "reader.install_mode_ended"
    READER_KEY_CHANGED = "reader.key_changed"
    DEVICE_INSTALL_MODE = "device.install_mode"
    DEVICE_INSTALL_MODE_ENDED = "device.install_mode_ended"
    DEVICE_KEY_CHANGED = "device.key_changed"
    OSDP_MAIN_KEY_CHANGED = "audit.osdp.main_key_changed"
    DEVICE_KEY_ORDERED = "audit.device.key_ordered"
    DEVICE_KEY_COMMITTED = "audit.device.key_committed"
    DEVICE_KEY_DROPPED = "audit.device.key_dropped"
    BUS_CAPTURE_STARTED = "audit.bus.capture_started"
    BUS_CAPTURE_DOWNLOADED = "audit.bus.capture_downloaded"
    DEVICE_FILE_SENT = "audit.device.file_sent"
    DEVICE_ORDER_ENDED = "audit.device.order_ended"
    READER_SIGNALS_CHANGED = "audit.reader_signals.changed"
    # Readers and cameras on the network.
    READER_KEY_REFUSED = "reader.key_refused"
    DEVICE_KEY_REFUSED = "device.key_refused"
    DEVICE_UPDATED = "audit.device.updated"
    DEVICE_KEY_SHOWN = "audit.device.key_shown"
    DEVICE_KEY_ROTATED = "audit.device.key_rotated"
    # OSDP devices that get another address or speed, and signals with a name.
    READER_MOVED = "reader.moved"
    DEVICE_MOVED = "device.moved"
    DEVICE_MOVE_ORDERED = "audit.device.move_ordered"
    DEVICE_MOVE_COMMITTED = "audit.device.move_committed"
    DEVICE_MOVE_DROPPED = "audit.device.move_dropped"
    SIGNAL_SET_CREATED = "audit.signal_set.created"
    SIGNAL_SET_UPDATED = "audit.signal_set.updated"
    SIGNAL_SET_DELETED = "audit.signal_set.deleted"
    # Users, their sessions and second factors.
    SIGN_IN_LIMITED = "audit.user.sign_in_limited"
    USER_UNLOCKED = "audit.user.unlocked"
    USER_UPDATED = "audit.user.updated"
    USER_DELETED = "audit.user.deleted"
    USER_SESSIONS_ENDED = "audit.user.sessions_ended"
    SIGN_IN_RULES_UPDATED = "audit.sign_in_rules.updated"
    SECOND_FACTOR_ADDED = "audit.user.second_factor_added"
    SECOND_FACTOR_REMOVED = "audit.user.second_factor_removed"
    RECOVERY_CODES_MADE = "audit.user.recovery_codes_made"
    TOKEN_CREATED = "audit.token.created"  # noqa: S105 - the name of an event
    TOKEN_REVOKED = "audit.token.revoked"  # noqa: S105 - the name of an event
    # Webhooks.
    WEBHOOK_CREATED = "audit.webhook.created"
    WEBHOOK_UPDATED = "audit.webhook.updated"
    WEBHOOK_ENABLED = "audit.webhook.enabled"
    WEBHOOK_UNVERIFIED = "audit.webhook.unverified"
    WEBHOOK_DISABLED = "audit.webhook.disabled"
    WEBHOOK_DELETED = "audit.webhook.deleted"
    WEBHOOK_SECRET_ROTATED = "audit.webhook.secret_rotated"  # noqa: S105 - the name of an event
    WEBHOOK_TESTED = "audit.webhook.tested"
    WEBHOOK_REPLAYED = "audit.webhook.replayed"
    WEBHOOK_STOPPED = "webhook.stopped"
    # Passkeys, and signing in elsewhere.
    PASSKEY_ADDED = "audit.passkey.added"
    PASSKEY_RENAMED = "audit.passkey.renamed"
    PASSKEY_REMOVED = "audit.passkey.removed"
    PASSKEY_COPIED = "audit.passkey.copied"
    OIDC_PROVIDER_CREATED = "audit.oidc_provider.created"
    OIDC_PROVIDER_UPDATED = "audit.oidc_provider.updated"
    OIDC_PROVIDER_DELETED = "audit.oidc_provider.deleted"
    OIDC_LINKED = "audit.user.oidc_linked"
    OIDC_UNLINKED = "audit.user.oidc_unlinked"
    OIDC_REFUSED = "audit.user.oidc_refused"
    JOB_CREATED = "audit.job.created"
    JOB_CANCELLED = "audit.job.cancelled"
    JOB_ENDED = "audit.job.ended"
    ROLE_CREATED = "audit.role.created"
    ROLE_UPDATED = "audit.role.updated"
    ROLE_DELETED = "audit.role.deleted"
    ROLES_ASSIGNED = "audit.role.assigned"
    USER_GROUP_CREATED = "audit.user_group.created"
    USER_GROUP_UPDATED = "audit.user_group.updated"
    USER_GROUP_DELETED = "audit.user_group.deleted"
    # Motion detection
    CAMERA_MOTION_CHANGED = "audit.camera.motion_changed"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a type means: its category, its severity, words for people, and the type that ends it."""

    category: Category
    severity: Severity
    words: str
    cleared_by: EventType | None = None


def _declare() -> dict[EventType, Declaration]:
    access, door, device = Category.ACCESS, Category.DOOR, Category.DEVICE
    video, system, audit = Category.VIDEO, Category.SYSTEM, Category.AUDIT
    info, notice, warning, alarm = Severity.INFO, Severity.NOTICE, Severity.WARNING, Severity.ALARM
    kind = EventType
    table: dict[EventType, Declaration] = {
        kind.ACCESS_GRANTED: Declaration(access, info, "Access granted"),
        kind.ACCESS_DENIED: Declaration(access, notice, "Access denied"),
        kind.ACCESS_NO_ENTRY: Declaration(access, info, "Access granted, but the door was not opened"),
        kind.DOOR_ACCESS_BY_OPERATOR: Declaration(door, notice, "Door released once by an operator"),
        kind.DOOR_REX: Declaration(door, info, "Request to exit"),
        kind.DOOR_OPENED: Declaration(door, info, "Door opened"),
        kind.DOOR_CLOSED: Declaration(door, info, "Door closed"),
        kind.DOOR_FORCED: Declaration(door, alarm, "Door forced open", kind.DOOR_FORCED_CLEARED),
        kind.DOOR_FORCED_CLEARED: Declaration(door, info, "Forced door closed again"),
        kind.DOOR_HELD: Declaration(door, warning, "Door held open too long", kind.DOOR_HELD_CLEARED),
        kind.DOOR_HELD_CLEARED: Declaration(door, info, "Door no longer held open"),
        kind.DOOR_LOCKED: Declaration(door, notice, "Door locked by an operator"),
        kind.DOOR_UNLOCKED: Declaration(door, notice, "Door unlocked by an operator"),
        kind.DOOR_LOCKDOWN: Declaration(door, alarm, "Door in lockdown", kind.DOOR_RESET),
        kind.DOOR_RESET: Declaration(door, notice, "Door returned to normal"),
        kind.DOOR_ONLINE: Declaration(device, info, "Door device online"),
        kind.DOOR_OFFLINE: Declaration(device, warning, "Door device offline", kind.DOOR_ONLINE),
        kind.READER_ONLINE: Declaration(device, info, "Reader online"),
        kind.READER_OFFLINE: Declaration(device, warning, "Reader offline", kind.READER_ONLINE),
        kind.READER_TAMPER: Declaration(device, alarm, "Reader tampered with", kind.READER_TAMPER_CLEARED),
        kind.READER_TAMPER_CLEARED: Declaration(device, info, "Reader tamper ended"),
        kind.CONTROLLER_STARTED: Declaration(system, info, "Controller started"),
        kind.CONTROLLER_ONLINE: Declaration(system, info, "Controller connected"),
        kind.CONTROLLER_OFFLINE: Declaration(system, warning, "Controller not connected", kind.CONTROLLER_ONLINE),
        kind.JOURNAL_FAILED: Declaration(
            system, alarm, "Controller cannot write its journal; cards open no door", kind.JOURNAL_RECOVERED
        ),
        kind.JOURNAL_RECOVERED: Declaration(system, info, "Controller writes its journal again"),
        kind.CAMERA_RECORDING: Declaration(video, info, "Camera recording"),
        kind.CAMERA_LOST: Declaration(video, warning, "Camera lost", kind.CAMERA_RECORDING),
        kind.STORAGE_FULL: Declaration(video, alarm, "Recording stopped: storage is full"),
        kind.RECORDER_LOST: Declaration(video, warning, "Recorder stopped by itself and was started again"),
        kind.SERVER_STARTED: Declaration(system, info, "Server started"),
        kind.USER_SIGNED_IN: Declaration(audit, info, "Signed in"),
        kind.USER_SIGN_IN_FAILED: Declaration(audit, notice, "Sign-in failed"),
        kind.USER_SIGNED_OUT: Declaration(audit, info, "Signed out"),
        kind.USER_CREATED: Declaration(audit, notice, "User created"),
        kind.USER_PASSWORD_CHANGED: Declaration(audit, notice, "Password changed"),
        kind.CARDHOLDER_CREATED: Declaration(audit, info, "Cardholder created"),
        kind.CARDHOLDER_UPDATED: Declaration(audit, info, "Cardholder changed"),
        kind.GROUP_CREATED: Declaration(audit, info, "Group created"),
        kind.CARD_CREATED: Declaration(audit, info, "Card created"),
        kind.CARD_UPDATED: Declaration(audit, info, "Card changed"),
        kind.ZONE_CREATED: Declaration(audit, info, "Zone created"),
        kind.DOOR_CREATED: Declaration(audit, info, "Door created"),
        kind.DEVICE_CREATED: Declaration(audit, info, "Device created"),
        kind.SCHEDULE_CREATED: Declaration(audit, info, "Schedule created"),
        kind.ACCESS_RULE_CREATED: Declaration(audit, info, "Access rule created"),
        kind.CAMERA_CREATED: Declaration(audit, info, "Camera created"),
        kind.CAMERA_UPDATED: Declaration(audit, info, "Camera changed"),
        kind.DOOR_COMMANDED: Declaration(audit, notice, "Door command given"),
        kind.DOOR_COMMAND_FAILED: Declaration(audit, warning, "Door command not carried out"),
        kind.CARDHOLDER_PHOTO_CHANGED: Declaration(audit, info, "Photo changed"),
        kind.CLIP_VIEWED: Declaration(audit, info, "Recording viewed"),
        kind.CARD_FORMAT_CREATED: Declaration(audit, info, "Card format created"),
        kind.CARD_FORMAT_UPDATED: Declaration(audit, info, "Card format changed"),
        kind.CARD_FORMAT_RESET: Declaration(audit, info, "Card format reset to its predefined layout"),
        kind.CARD_FORMAT_ACTIVATED: Declaration(audit, info, "Card format activated"),
        kind.CARD_FORMAT_DEACTIVATED: Declaration(audit, info, "Card format deactivated"),
        kind.CARD_FORMAT_DELETED: Declaration(audit, info, "Card format deleted"),
        kind.READER_CARD_FORMATS_CHANGED: Declaration(audit, info, "Card formats of a reader changed"),
        kind.PIN_RULES_CHANGED: Declaration(audit, info, "PIN rules changed"),
        kind.READER_PIN_RULES_CHANGED: Declaration(audit, info, "PIN rules of a reader changed"),
        kind.CARDHOLDER_DELETED: Declaration(audit, notice, "Cardholder deleted"),
        kind.GROUP_UPDATED: Declaration(audit, info, "Group changed"),
        kind.GROUP_DELETED: Declaration(audit, notice, "Group deleted"),
        kind.GROUP_MEMBERS_ADDED: Declaration(audit, info, "Members added to group"),
        kind.GROUP_MEMBERS_REMOVED: Declaration(audit, info, "Members removed from group"),
        kind.CUSTOM_FIELD_CREATED: Declaration(audit, info, "Custom field created"),
        kind.CUSTOM_FIELD_UPDATED: Declaration(audit, info, "Custom field changed"),
        kind.CUSTOM_FIELD_DELETED: Declaration(audit, notice, "Custom field deleted"),
        # Doors and identification profiles
        kind.DOOR_UPDATED: Declaration(audit, info, "Door changed"),
        kind.DOOR_DELETED: Declaration(audit, notice, "Door deleted"),
        kind.DOOR_WIRED: Declaration(audit, info, "Locks and inputs of a door changed"),
        kind.DOOR_MAINTENANCE_SET: Declaration(audit, notice, "Door maintenance begun or ended"),
        kind.READER_UPDATED: Declaration(audit, info, "Reader changed"),
        kind.READER_DELETED: Declaration(audit, notice, "Reader deleted"),
        kind.DEVICE_DELETED: Declaration(audit, notice, "Device deleted"),
        kind.ELEVATOR_CREATED: Declaration(audit, info, "Elevator created"),
        kind.ELEVATOR_UPDATED: Declaration(audit, info, "Elevator changed"),
        kind.ELEVATOR_DELETED: Declaration(audit, notice, "Elevator deleted"),
        kind.PROFILE_CREATED: Declaration(audit, info, "Identification profile created"),
        kind.PROFILE_UPDATED: Declaration(audit, info, "Identification profile changed"),
        kind.PROFILE_DELETED: Declaration(audit, notice, "Identification profile deleted"),
        # Zones, interlocks, access rules.
        kind.ACCESS_WAITING: Declaration(access, info, "Waiting for something or somebody more"),
        kind.ACCESS_DURESS: Declaration(access, alarm, "Duress PIN used"),
        kind.ACCESS_TRACED: Declaration(access, alarm, "Traced credential shown"),
        kind.READER_LOCKED_OUT: Declaration(
            device, alarm, "Reader locked out after wrong PINs", kind.READER_LOCKOUT_ENDED
        ),
        kind.READER_LOCKOUT_ENDED: Declaration(device, info, "Reader takes PINs again"),
        kind.ACCESS_ENTERED: Declaration(access, info, "Entered"),
        kind.ACCESS_PASSBACK: Declaration(access, alarm, "Anti-passback violated"),
        kind.ZONE_FULL: Declaration(access, notice, "Zone full", kind.ZONE_FULL_CLEARED),
        kind.ZONE_FULL_CLEARED: Declaration(access, info, "Zone no longer full"),
        kind.ZONE_BELOW_MINIMUM: Declaration(
            access, warning, "Fewer people in the zone than it must hold", kind.ZONE_BELOW_MINIMUM_CLEARED
        ),
        kind.ZONE_BELOW_MINIMUM_CLEARED: Declaration(access, info, "Zone empty, or enough people in it again"),
        kind.ZONE_UPDATED: Declaration(audit, info, "Zone changed"),
        kind.ZONE_DELETED: Declaration(audit, notice, "Zone deleted"),
        kind.INTERLOCK_CREATED: Declaration(audit, info, "Interlock created"),
        kind.INTERLOCK_UPDATED: Declaration(audit, info, "Interlock changed"),
        kind.INTERLOCK_DELETED: Declaration(audit, notice, "Interlock deleted"),
        kind.PASSBACK_FORGIVEN: Declaration(audit, notice, "Anti-passback forgiven"),
        kind.PRESENCE_SET: Declaration(audit, notice, "Where somebody is was corrected by hand"),
        kind.ACCESS_RULE_UPDATED: Declaration(audit, info, "Access rule changed"),
        kind.ACCESS_RULE_DELETED: Declaration(audit, notice, "Access rule deleted"),
        # Credentials.
        kind.CREDENTIAL_CREATED: Declaration(audit, info, "Credential created"),
        kind.CREDENTIAL_UPDATED: Declaration(audit, info, "Credential changed"),
        kind.CREDENTIAL_DELETED: Declaration(audit, info, "Credential deleted"),
        kind.CREDENTIAL_PIN_CHANGED: Declaration(audit, info, "PIN changed"),
        kind.CREDENTIAL_QR_SHOWN: Declaration(audit, notice, "QR code of a cardholder shown to a user"),
        kind.MOBILE_INVITED: Declaration(audit, info, "Mobile credential offered to a cardholder"),
        kind.MOBILE_PAIRED: Declaration(audit, notice, "Phone paired with a mobile credential"),
        kind.MOBILE_PAIRING_FAILED: Declaration(audit, notice, "Phone not paired: no valid invitation"),
        kind.MOBILE_REVOKED: Declaration(audit, notice, "Mobile credential taken from its phone"),
        kind.SCHEDULE_UPDATED: Declaration(audit, info, "Schedule changed"),
        kind.SCHEDULE_DELETED: Declaration(audit, notice, "Schedule deleted"),
        kind.OVERRIDE_SCHEDULE_CREATED: Declaration(audit, info, "Override schedule created"),
        kind.OVERRIDE_SCHEDULE_UPDATED: Declaration(audit, info, "Override schedule changed"),
        kind.OVERRIDE_SCHEDULE_DELETED: Declaration(audit, notice, "Override schedule deleted"),
        kind.HOLIDAY_CALENDAR_CREATED: Declaration(audit, info, "Holiday calendar created"),
        kind.HOLIDAY_CALENDAR_UPDATED: Declaration(audit, info, "Holiday calendar changed"),
        kind.HOLIDAY_CALENDAR_DELETED: Declaration(audit, notice, "Holiday calendar deleted"),
        kind.SITE_UPDATED: Declaration(audit, notice, "Site settings changed"),
        kind.DOOR_HELD_WARNING: Declaration(
            door, notice, "Door open for nearly too long", kind.DOOR_HELD_WARNING_CLEARED
        ),
        kind.DOOR_HELD_WARNING_CLEARED: Declaration(door, info, "Warning of a door open for nearly too long ended"),
        kind.DOOR_TOGGLED: Declaration(door, notice, "Door locked or unlocked by a double swipe"),
        kind.DOOR_UNLOCKED_BY_SCHEDULE: Declaration(door, info, "Door unlocked by its schedule"),
        kind.DOOR_LOCKED_BY_SCHEDULE: Declaration(door, info, "Door locked by its schedule"),
        kind.DOOR_THREAT_LOCKDOWN: Declaration(
            door, alarm, "Door in lockdown by the threat level", kind.DOOR_THREAT_LOCKDOWN_ENDED
        ),
        kind.DOOR_THREAT_LOCKDOWN_ENDED: Declaration(door, notice, "Lockdown by the threat level ended"),
        kind.DOOR_EMERGENCY: Declaration(
            door, alarm, "Emergency input of the door active", kind.DOOR_EMERGENCY_CLEARED
        ),
        kind.DOOR_EMERGENCY_CLEARED: Declaration(door, notice, "Emergency at the door ended"),
        kind.DOOR_MAINTENANCE: Declaration(door, notice, "Door under maintenance", kind.DOOR_MAINTENANCE_ENDED),
        kind.DOOR_MAINTENANCE_ENDED: Declaration(door, notice, "Maintenance of the door ended"),
        kind.DOOR_SENSOR_FAULT: Declaration(
            device, alarm, "Line of the door position sensor broken", kind.DOOR_SENSOR_FAULT_CLEARED
        ),
        kind.DOOR_SENSOR_FAULT_CLEARED: Declaration(device, info, "Line of the door position sensor works again"),
        kind.DOOR_REX_FAULT: Declaration(
            device, warning, "Line of the exit device broken", kind.DOOR_REX_FAULT_CLEARED
        ),
        kind.DOOR_REX_FAULT_CLEARED: Declaration(device, info, "Line of the exit device works again"),
        kind.DOOR_EMERGENCY_FAULT: Declaration(
            device, alarm, "Line of the emergency input broken", kind.DOOR_EMERGENCY_FAULT_CLEARED
        ),
        kind.DOOR_EMERGENCY_FAULT_CLEARED: Declaration(device, info, "Line of the emergency input works again"),
        kind.DOOR_TAMPER: Declaration(device, alarm, "Door device tampered with", kind.DOOR_TAMPER_CLEARED),
        kind.DOOR_TAMPER_CLEARED: Declaration(device, info, "Tamper of the door device ended"),
        kind.DOOR_POWER_LOST: Declaration(
            device, warning, "Door device lost its power supply", kind.DOOR_POWER_RESTORED
        ),
        kind.DOOR_POWER_RESTORED: Declaration(device, info, "Door device has its power supply again"),
        kind.READER_POWER_LOST: Declaration(
            device, warning, "Reader lost its power supply", kind.READER_POWER_RESTORED
        ),
        kind.READER_POWER_RESTORED: Declaration(device, info, "Reader has its power supply again"),
        kind.DEVICE_ONLINE: Declaration(device, info, "Device online"),
        kind.DEVICE_OFFLINE: Declaration(device, warning, "Device offline", kind.DEVICE_ONLINE),
        # Manual actions on zones, threat levels.
        kind.ZONE_COMMANDED: Declaration(audit, notice, "Command given to the doors of a zone"),
        kind.THREAT_RAISED: Declaration(system, alarm, "Threat level raised", kind.THREAT_RELEASED),
        kind.THREAT_LOWERED: Declaration(system, warning, "Threat level lowered, not ended"),
        kind.THREAT_RELEASED: Declaration(system, notice, "Threat level released"),
        kind.THREAT_SET: Declaration(audit, notice, "Threat level changed"),
        kind.THREAT_LEVEL_CREATED: Declaration(audit, info, "Threat level created"),
        kind.THREAT_LEVEL_UPDATED: Declaration(audit, info, "Settings of a threat level changed"),
        kind.THREAT_LEVEL_DELETED: Declaration(audit, notice, "Threat level deleted"),
        # What the server does by the clock.
        kind.JOB_FAILED: Declaration(system, warning, "Daily work of the server failed"),
        kind.MOBILE_INVITATION_EXPIRED: Declaration(audit, info, "Invitation of a mobile credential expired unused"),
        # Controllers apart from the server.
        kind.CONTROLLER_CREATED: Declaration(audit, info, "Controller created"),
        kind.CONTROLLER_UPDATED: Declaration(audit, info, "Controller changed"),
        kind.CONTROLLER_DELETED: Declaration(audit, notice, "Controller deleted"),
        kind.CONTROLLER_CODE_ISSUED: Declaration(audit, notice, "Enrolment code of a controller shown to a user"),
        kind.CONTROLLER_REVOKED: Declaration(audit, warning, "Controller's certificate revoked"),
        kind.CONTROLLER_ENROLLED: Declaration(audit, notice, "Controller enrolled"),
        kind.CONTROLLER_ENROLMENT_FAILED: Declaration(audit, warning, "Controller not enrolled"),
        kind.CONTROLLER_CERTIFICATE_RENEWED: Declaration(audit, info, "Controller's certificate renewed"),
        kind.CONTROLLER_REFUSED: Declaration(system, alarm, "Controller said what it may not say; its link was closed"),
        kind.CONTROLLER_ALONE: Declaration(
            system, alarm, "Controller alone for longer than the site wants", kind.CONTROLLER_ALONE_ENDED
        ),
        kind.CONTROLLER_ALONE_ENDED: Declaration(system, info, "Controller no longer alone"),
        kind.CLOCK_OFF: Declaration(system, warning, "Controller's clock is off", kind.CLOCK_OFF_ENDED),
        kind.CLOCK_OFF_ENDED: Declaration(system, info, "Controller's clock is right again"),
        kind.CLOCK_STEPPED: Declaration(system, notice, "Controller's clock was set"),
        kind.JOURNAL_NEARLY_FULL: Declaration(
            system,
            alarm,
            "Journal nearly full of events that the server has not stored",
            kind.JOURNAL_NEARLY_FULL_ENDED,
        ),
        kind.JOURNAL_NEARLY_FULL_ENDED: Declaration(system, info, "Journal has room again"),
        kind.JOURNAL_OVERRUN: Declaration(system, alarm, "Journal full: its oldest events were given up"),
        kind.JOURNAL_LOST: Declaration(system, alarm, "Events of a controller are lost"),
        kind.DOOR_UNREACHABLE: Declaration(
            device, warning, "Door out of the server's reach; its controller goes on alone", kind.DOOR_REACHABLE
        ),
        kind.DOOR_REACHABLE: Declaration(device, info, "Door in the server's reach again"),
        # Wiegand.
        kind.READER_FLOODED: Declaration(
            device, alarm, "Reader sends too much and is ignored", kind.READER_FLOOD_ENDED
        ),
        kind.READER_FLOOD_ENDED: Declaration(device, info, "Reader is listened to again"),
        kind.WIEGAND_DEVICE_UPDATED: Declaration(audit, info, "Wiegand reader's converter settings changed"),
        # Auxiliary inputs and outputs, local rules.
        kind.INPUT_ACTIVE: Declaration(device, notice, "Input active", kind.INPUT_NORMAL),
        kind.INPUT_NORMAL: Declaration(device, info, "Input at rest again"),
        kind.INPUT_FAULT: Declaration(device, warning, "Line of an input broken", kind.INPUT_FAULT_CLEARED),
        kind.INPUT_FAULT_CLEARED: Declaration(device, info, "Line of an input works again"),
        kind.OUTPUT_ON: Declaration(device, info, "Output switched on"),
        kind.OUTPUT_OFF: Declaration(device, info, "Output switched off"),
        kind.OUTPUT_PULSED: Declaration(device, info, "Output switched on for a time"),
        kind.OUTPUT_MISSED: Declaration(device, warning, "Output not pulsed"),
        kind.OUTPUT_AUTO: Declaration(device, info, "Output left to its rules again"),
        kind.DOOR_BATTERY_LOW: Declaration(
            device, warning, "Battery of the wireless lock low", kind.DOOR_BATTERY_LOW_CLEARED
        ),
        kind.DOOR_BATTERY_LOW_CLEARED: Declaration(device, info, "Battery of the wireless lock no longer low"),
        kind.DOOR_BATTERY_CRITICAL: Declaration(
            device, alarm, "Battery of the wireless lock nearly empty", kind.DOOR_BATTERY_CRITICAL_CLEARED
        ),
        kind.DOOR_BATTERY_CRITICAL_CLEARED: Declaration(
            device, info, "Battery of the wireless lock no longer nearly empty"
        ),
        kind.DOOR_LOCK_JAMMED: Declaration(device, alarm, "Lock jammed", kind.DOOR_LOCK_JAM_CLEARED),
        kind.DOOR_LOCK_JAM_CLEARED: Declaration(device, info, "Lock no longer jammed"),
        kind.GPIO_DEVICE_UPDATED: Declaration(audit, info, "Pins of a controller changed"),
        kind.AUX_INPUT_CREATED: Declaration(audit, info, "Auxiliary input created"),
        kind.AUX_INPUT_UPDATED: Declaration(audit, info, "Auxiliary input changed"),
        kind.AUX_INPUT_DELETED: Declaration(audit, notice, "Auxiliary input deleted"),
        kind.AUX_OUTPUT_CREATED: Declaration(audit, info, "Auxiliary output created"),
        kind.AUX_OUTPUT_UPDATED: Declaration(audit, info, "Auxiliary output changed"),
        kind.AUX_OUTPUT_DELETED: Declaration(audit, notice, "Auxiliary output deleted"),
        kind.AUX_OUTPUT_COMMANDED: Declaration(audit, notice, "Auxiliary output switched by hand"),
        kind.AUX_OUTPUT_COMMAND_FAILED: Declaration(audit, warning, "Auxiliary output not switched by hand"),
        kind.LOCAL_RULE_CREATED: Declaration(audit, info, "Local rule created"),
        kind.LOCAL_RULE_UPDATED: Declaration(audit, info, "Local rule changed"),
        kind.LOCAL_RULE_DELETED: Declaration(audit, notice, "Local rule deleted"),
        # OSDP devices: install mode, keys, captures, files.
        kind.READER_INSTALL_MODE: Declaration(
            device, alarm, "Reader in install mode: anybody could give it a key", kind.READER_INSTALL_MODE_ENDED
        ),
        kind.READER_INSTALL_MODE_ENDED: Declaration(device, info, "Reader not in install mode any more"),
        kind.READER_KEY_CHANGED: Declaration(device, notice, "Reader heard with its new key"),
        kind.DEVICE_INSTALL_MODE: Declaration(
            device, alarm, "Device in install mode: anybody could give it a key", kind.DEVICE_INSTALL_MODE_ENDED
        ),
        kind.DEVICE_INSTALL_MODE_ENDED: Declaration(device, info, "Device not in install mode any more"),
        kind.DEVICE_KEY_CHANGED: Declaration(device, notice, "Device heard with its new key"),
        kind.OSDP_MAIN_KEY_CHANGED: Declaration(audit, warning, "Main key of the site's OSDP devices changed"),
        kind.DEVICE_KEY_ORDERED: Declaration(audit, notice, "New key for an OSDP device ordered"),
        kind.DEVICE_KEY_COMMITTED: Declaration(audit, notice, "New key of an OSDP device in use"),
        kind.DEVICE_KEY_DROPPED: Declaration(audit, notice, "Unused new key of an OSDP device dropped"),
        kind.BUS_CAPTURE_STARTED: Declaration(audit, notice, "Capture of a bus started"),
        kind.BUS_CAPTURE_DOWNLOADED: Declaration(audit, notice, "Capture of a bus downloaded"),
        kind.DEVICE_FILE_SENT: Declaration(audit, notice, "Sending a file to a device ordered"),
        kind.DEVICE_ORDER_ENDED: Declaration(audit, info, "Maintenance of a device ended"),
        kind.READER_SIGNALS_CHANGED: Declaration(audit, info, "Signals of the readers changed"),
        # Readers and cameras on the network.
        kind.READER_KEY_REFUSED: Declaration(device, warning, "Message in the name of a reader with a wrong key"),
        kind.DEVICE_KEY_REFUSED: Declaration(device, warning, "Message in the name of a device with a wrong key"),
        kind.DEVICE_UPDATED: Declaration(audit, info, "Settings of a device changed"),
        kind.DEVICE_KEY_SHOWN: Declaration(audit, notice, "Key of a device shown to a user"),
        kind.DEVICE_KEY_ROTATED: Declaration(audit, notice, "New key for a device"),
        # OSDP devices that get another address or speed, and signals with a name.
        kind.READER_MOVED: Declaration(device, notice, "Reader heard at its new address and speed"),
        kind.DEVICE_MOVED: Declaration(device, notice, "Device heard at its new address and speed"),
        kind.DEVICE_MOVE_ORDERED: Declaration(audit, notice, "New address or speed for an OSDP device ordered"),
        kind.DEVICE_MOVE_COMMITTED: Declaration(audit, notice, "New address or speed of an OSDP device in use"),
        kind.DEVICE_MOVE_DROPPED: Declaration(audit, notice, "Unused new address of an OSDP device dropped"),
        kind.SIGNAL_SET_CREATED: Declaration(audit, info, "Set of reader signals created"),
        kind.SIGNAL_SET_UPDATED: Declaration(audit, info, "Set of reader signals changed"),
        kind.SIGNAL_SET_DELETED: Declaration(audit, notice, "Set of reader signals deleted"),
        # Users, their sessions and second factors.
        kind.SIGN_IN_LIMITED: Declaration(audit, warning, "Sign-ins must wait after failures"),
        kind.USER_UNLOCKED: Declaration(audit, notice, "User need not wait any more to sign in"),
        kind.USER_UPDATED: Declaration(audit, notice, "User changed"),
        kind.USER_DELETED: Declaration(audit, notice, "User deleted"),
        kind.USER_SESSIONS_ENDED: Declaration(audit, notice, "Sessions ended"),
        kind.SIGN_IN_RULES_UPDATED: Declaration(audit, notice, "Rules of signing in changed"),
        kind.SECOND_FACTOR_ADDED: Declaration(audit, notice, "Second factor added"),
        kind.SECOND_FACTOR_REMOVED: Declaration(audit, warning, "Second factor removed"),
        kind.RECOVERY_CODES_MADE: Declaration(audit, notice, "New recovery codes made"),
        kind.TOKEN_CREATED: Declaration(audit, notice, "Token created"),
        kind.TOKEN_REVOKED: Declaration(audit, notice, "Token revoked"),
        # Webhooks.
        kind.WEBHOOK_CREATED: Declaration(audit, notice, "Webhook created"),
        kind.WEBHOOK_UPDATED: Declaration(audit, notice, "Webhook changed"),
        kind.WEBHOOK_ENABLED: Declaration(audit, notice, "Webhook enabled"),
        kind.WEBHOOK_UNVERIFIED: Declaration(audit, notice, "Webhook's receiver not verified"),
        kind.WEBHOOK_DISABLED: Declaration(audit, notice, "Webhook disabled"),
        kind.WEBHOOK_DELETED: Declaration(audit, notice, "Webhook deleted"),
        kind.WEBHOOK_SECRET_ROTATED: Declaration(audit, notice, "New secret for a webhook"),
        kind.WEBHOOK_TESTED: Declaration(audit, info, "Test message to a webhook ordered"),
        kind.WEBHOOK_REPLAYED: Declaration(audit, notice, "Messages of a webhook sent again"),
        kind.WEBHOOK_STOPPED: Declaration(system, alarm, "Webhook given up: its receiver gets no events any more"),
        # Passkeys, and signing in elsewhere.
        kind.PASSKEY_ADDED: Declaration(audit, notice, "Passkey added"),
        kind.PASSKEY_RENAMED: Declaration(audit, info, "Passkey renamed"),
        kind.PASSKEY_REMOVED: Declaration(audit, notice, "Passkey removed"),
        kind.PASSKEY_COPIED: Declaration(audit, alarm, "Passkey refused: its counter went back, so there is a copy"),
        kind.OIDC_PROVIDER_CREATED: Declaration(audit, notice, "Sign-in provider created"),
        kind.OIDC_PROVIDER_UPDATED: Declaration(audit, notice, "Sign-in provider changed"),
        kind.OIDC_PROVIDER_DELETED: Declaration(audit, notice, "Sign-in provider deleted"),
        kind.OIDC_LINKED: Declaration(audit, notice, "User connected with a sign-in provider"),
        kind.OIDC_UNLINKED: Declaration(audit, notice, "User not connected with a sign-in provider any more"),
        kind.OIDC_REFUSED: Declaration(audit, notice, "Sign-in by a provider refused"),
        # Imports.
        kind.JOB_CREATED: Declaration(audit, info, "Import begun"),
        kind.JOB_CANCELLED: Declaration(audit, notice, "Import cancelled"),
        kind.JOB_ENDED: Declaration(audit, info, "Import ended"),
        # Roles and groups of users.
        kind.ROLE_CREATED: Declaration(audit, notice, "Role created"),
        kind.ROLE_UPDATED: Declaration(audit, notice, "Role changed"),
        kind.ROLE_DELETED: Declaration(audit, notice, "Role deleted"),
        kind.ROLES_ASSIGNED: Declaration(audit, notice, "Roles of a user changed"),
        kind.USER_GROUP_CREATED: Declaration(audit, notice, "Group of users created"),
        kind.USER_GROUP_UPDATED: Declaration(audit, notice, "Group of users changed"),
        kind.USER_GROUP_DELETED: Declaration(audit, notice, "Group of users deleted"),
        # Motion detection.
        kind.CAMERA_MOTION_CHANGED: Declaration(audit, info, "Motion detection of a camera changed"),
    }
    undeclared = set(EventType) - table.keys()
    if undeclared:
        raise RuntimeError(f"event types without a declaration: {sorted(undeclared)}")
    return table


CATALOGUE: dict[EventType, Declaration] = _declare()

BOOKMARKED = frozenset(
    {
        EventType.ACCESS_GRANTED,
        EventType.ACCESS_DENIED,
        EventType.DOOR_ACCESS_BY_OPERATOR,
        EventType.DOOR_FORCED,
        EventType.DOOR_HELD,
    }
)
"""What the cameras that see it keep the recording of."""

_OF_STANDING = ("audit.user.", "audit.token.", "audit.role.", "audit.user_group.", "audit.sign_in_rules.")
_STANDING = frozenset(kind for kind in EventType if kind.value.startswith(_OF_STANDING)) - {
    EventType.USER_SIGNED_IN,
    EventType.USER_SIGN_IN_FAILED,
    EventType.SIGN_IN_LIMITED,
}


def changes_standing(kind: EventType) -> bool:
    """Whether somebody who is signed in may have another right, or none, after such an event."""
    return kind in _STANDING
