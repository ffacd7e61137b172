"""What can happen to people, roles, shifts and sign-ins; ids and codes only, never names."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

_PLACE = {"role": "role code", "store": "store id, or", "region": "region id"}
_SHIFT = {"employee": "employee id", "day": "ISO date", "starts": "UTC time", "ends": "UTC time"}

HIRED = declare("people.hired", _("Person hired"), data={"joined_on": "ISO date"})
PERSON_CHANGED = declare(
    "people.person_changed", _("Personal data changed"), data={"changed": "names of changed fields"}
)
LANGUAGE_CHANGED = declare(
    "people.language_changed", _("Language changed"), data={"language": "language code"}
)
ROLE_GRANTED = declare("people.role_granted", _("Role granted"), data=_PLACE)
ROLE_WITHDRAWN = declare("people.role_withdrawn", _("Role withdrawn"), data=_PLACE)
SKILL_ADDED = declare("people.skill_added", _("Skill added"), data={"skill": "skill code"})
SKILL_SET = declare("people.skill_set", _("Skill level set"), data={"skill": "skill code", "level": "1-3"})
SKILL_REMOVED = declare("people.skill_removed", _("Skill removed"), data={"skill": "skill code"})
CERTIFICATE_ADDED = declare(
    "people.certificate_added",
    _("Certificate added"),
    data={"certificate": "certificate kind", "expires_on": "ISO date"},
)
CERTIFICATE_WITHDRAWN = declare(
    "people.certificate_withdrawn", _("Certificate withdrawn"), data={"certificate": "certificate kind"}
)
SHIFT_PLANNED = declare("people.shift_planned", _("Shift planned"), data=_SHIFT)
SHIFT_MOVED = declare("people.shift_moved", _("Shift moved"), data=_SHIFT)
SHIFT_CANCELLED = declare("people.shift_cancelled", _("Shift cancelled"), data=_SHIFT)
ATTENDANCE_SET = declare(
    "people.attendance_set",
    _("Attendance noted"),
    data={"employee": "employee id", "day": "ISO date", "attendance": "present, late, absent or leave",
          "was": "what was noted before, empty for nothing"},
)  # fmt: skip
PIN_SET = declare("people.pin_set", _("PIN set"))
PASSWORD_RESET = declare("people.password_reset", _("Temporary password given"))
PASSWORD_CHANGED = declare("people.password_changed", _("Own password changed"))
SECOND_FACTOR_ON = declare("people.second_factor_on", _("Second factor switched on"))
SECOND_FACTOR_OFF = declare("people.second_factor_off", _("Second factor switched off"))
SECOND_FACTOR_RESET = declare("people.second_factor_reset", _("Second factor reset by somebody else"))
RECOVERY_CODES_MADE = declare("people.recovery_codes_made", _("New recovery codes made"))
RECOVERY_CODE_USED = declare(
    "people.recovery_code_used", _("Recovery code used"), data={"left": "how many are left"}
)
UNLOCKED = declare("people.unlocked", _("Sign-in unlocked"), data={"failed_tries": "how many were forgotten"})
SESSIONS_ENDED = declare("people.sessions_ended", _("Signed out everywhere"), data={"sessions": "how many"})
LEFT = declare("people.left", _("Person left"), data={"left_on": "ISO date"})
CAME_BACK = declare("people.came_back", _("Person came back"))
TERMINAL_REGISTERED = declare("people.terminal_registered", _("Terminal registered"))
TERMINAL_REVOKED = declare("people.terminal_revoked", _("Terminal revoked"))
TOKEN_ISSUED = declare("people.token_issued", _("API token issued"), data={"expires_at": "UTC time"})
TOKEN_REVOKED = declare("people.token_revoked", _("API token revoked"))
