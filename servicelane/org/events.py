"""What can happen to groups, stores, bays and rules; codes only, never names."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

GROUP_ADDED = declare("org.group_added", _("Group added"))
REGION_ADDED = declare("org.region_added", _("Region added"))
STORE_ADDED = declare("org.store_added", _("Store added"), data={"code": "store code"})
STORE_CHANGED = declare("org.store_changed", _("Store changed"), data={"changed": "names of changed fields"})
HOURS_SET = declare(
    "org.hours_set", _("Opening hours set"), data={"weekdays": "weekday 0-6 to HH:MM-HH:MM or closed"}
)
STORE_DAY_SET = declare(
    "org.store_day_set",
    _("Exceptional opening hours set"),
    data={"day": "ISO date", "hours": "HH:MM-HH:MM or closed", "reason": "reason code"},
)
STORE_DAY_CLEARED = declare(
    "org.store_day_cleared", _("Exceptional opening hours cleared"), data={"day": "ISO date"}
)
BAY_ADDED = declare("org.bay_added", _("Bay added"), data={"code": "bay code", "bay_kind": "bay kind"})
BAY_CHANGED = declare("org.bay_changed", _("Bay changed"), data={"changed": "names of changed fields"})
BAY_OUT = declare("org.bay_out_of_service", _("Bay taken out of service"))
BAY_BACK = declare("org.bay_back_in_service", _("Bay back in service"))
RULE_SET = declare(
    "org.rule_set",
    _("Store rule set"),
    data={"rule": "rule code", "value": "value as stored", "was": "value before"},
)
CALENDAR_LOADED = declare(
    "org.calendar_loaded",
    _("Working days of a year loaded"),
    data={"year": "calendar year", "announced": "1 if announced", "days": "holidays and make-up workdays"},
)
