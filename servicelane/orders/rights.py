"""The words of this app's rights, for the table of roles."""

from django.utils.translation import gettext_lazy as _

from servicelane.people.rights import say

from .permissions import Perm

say(Perm.SEE_ORDERS, _("see orders"))
say(Perm.WRITE_ORDERS, _("write jobs, estimates and promises"))
say(Perm.REPORT_FINDINGS, _("report findings"))
say(Perm.ISSUE_PARTS, _("issue parts to orders"))
say(Perm.CANCEL_ORDERS, _("cancel orders"))
say(Perm.REOPEN_ORDERS, _("take orders a step back"))
say(Perm.RELEASE_WORK, _("release internal and warranty work"))
say(Perm.MANAGE_CATALOGUE, _("set labour rates"))
