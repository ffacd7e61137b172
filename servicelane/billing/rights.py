"""What the rights of this app are called in the table of roles."""

from django.utils.translation import gettext_lazy as _

from servicelane.people.rights import say

from .permissions import Perm

say(Perm.SEE_MONEY, _("see invoices and payments"))
say(Perm.SETTLE, _("settle orders"))
say(Perm.GIVE_DISCOUNT, _("give a discount up to one's own limit"))
say(Perm.RELEASE_DISCOUNT, _("release a higher discount for others"))
say(Perm.TAKE_PAYMENT, _("take payments"))
say(Perm.ON_ACCOUNT, _("let a customer pay later"))
say(Perm.SET_ACCOUNTS, _("set customers' credit limits"))
say(Perm.CREDIT, _("credit invoices and pay money back"))
say(Perm.EXIT_PASS, _("issue exit passes"))
