from datetime import timedelta

import pytest
from django.utils.translation import gettext_lazy as _

from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event
from servicelane.org import queries, rules, services
from servicelane.org.errors import RuleValueRefused
from servicelane.org.models import StoreRule
from servicelane.org.rules import ChoiceRule, NumberRule, SwitchRule
from servicelane.people.rules import CERTIFICATE_WARNING_DAYS, PIN_SESSION_MINUTES
from tests.unchanged import refused, rows

ASK = SwitchRule(code="test.ask", default=True, label=_("Ask first"))
WAY = ChoiceRule(
    code="test.way", default="fast", label=_("Way"), choices={"fast": _("fast"), "slow": _("slow")}
)


def test_the_default_holds_until_a_store_decides(cast):
    assert queries.rule(cast.shinan, CERTIFICATE_WARNING_DAYS) == 30
    services.set_rule(cast.shinan, CERTIFICATE_WARNING_DAYS, " 45 ", by=cast.gu)

    assert queries.rule(cast.shinan, CERTIFICATE_WARNING_DAYS) == 45
    assert queries.rule(cast.laoshan, CERTIFICATE_WARNING_DAYS) == 30
    fact = Event.objects.about(cast.shinan).get(kind="org.rule_set")
    assert fact.data == {"rule": "people.certificate_warning_days", "value": "45", "was": "30"}
    row = StoreRule.objects.get()
    assert (row.value, row.set_by_id) == ("45", cast.gu.pk)


def test_the_past_keeps_the_rule_it_had(cast):
    with moved(now() - timedelta(hours=3)):
        services.set_rule(cast.shinan, PIN_SESSION_MINUTES, "20", by=cast.gu)
    services.set_rule(cast.shinan, PIN_SESSION_MINUTES, "40", by=None)

    assert queries.rule(cast.shinan, PIN_SESSION_MINUTES, at=now() - timedelta(hours=4)) == 60
    assert queries.rule(cast.shinan, PIN_SESSION_MINUTES, at=now() - timedelta(hours=1)) == 20
    assert queries.rule(cast.shinan, PIN_SESSION_MINUTES) == 40
    assert {code: row.value for code, row in queries.rules_in_force(cast.shinan).items()} == {
        "people.pin_session_minutes": "40"
    }
    assert StoreRule.objects.count() == 2


def test_deciding_the_same_again_leaves_no_trace(cast):
    services.set_rule(cast.shinan, PIN_SESSION_MINUTES, "20", by=cast.gu)
    before = rows()
    services.set_rule(cast.shinan, PIN_SESSION_MINUTES, "020", by=cast.gu)
    assert rows() == before


def test_a_number_outside_its_limits_is_refused(cast):
    for text in ["0", "366", "thirty", "", "3.5", "1e2"]:
        with refused(RuleValueRefused, value=text):
            services.set_rule(cast.shinan, CERTIFICATE_WARNING_DAYS, text, by=cast.gu)


def test_yes_and_no_and_one_of_several(cast):
    services.set_rule(cast.shinan, ASK, "no", by=cast.gu)
    services.set_rule(cast.shinan, WAY, "slow", by=cast.gu)
    assert queries.rule(cast.shinan, ASK) is False
    assert queries.rule(cast.laoshan, ASK) is True
    assert queries.rule(cast.shinan, WAY) == "slow"

    with refused(RuleValueRefused):
        services.set_rule(cast.shinan, ASK, "maybe", by=cast.gu)
    with refused(RuleValueRefused):
        services.set_rule(cast.shinan, WAY, "sideways", by=cast.gu)


def test_a_rule_is_defined_once_and_found_by_its_code():
    assert rules.defined()["people.pin_session_minutes"] is PIN_SESSION_MINUTES
    with pytest.raises(ValueError, match="twice"):
        rules.define(NumberRule("people.pin_session_minutes", 1, _("x"), _("minutes"), 1, 2))
