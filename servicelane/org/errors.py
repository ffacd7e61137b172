"""Refusals about stores, bays, opening hours and rules."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.errors import DomainError


class StoreCodeTaken(DomainError):
    """A store's code is unique in the whole system."""

    code = "org.store_code_taken"
    message = _("The store was not saved: the code {code} belongs to another store.")
    hint = _("Choose a code that no store uses yet.")


class UnknownZone(DomainError):
    """A time zone must be one of the IANA database."""

    code = "org.unknown_zone"
    message = _("The store was not saved: {zone} is not a time zone.")
    hint = _("Give the name of an IANA time zone, for example Asia/Shanghai.")


class BayCodeTaken(DomainError):
    """A bay's code is unique in its store."""

    code = "org.bay_code_taken"
    message = _("The bay was not saved: the code {code} belongs to another bay of {store}.")
    hint = _("Choose a code that no bay of the store uses yet.")


class BayOutAlready(DomainError):
    """A bay is taken out of service once, until it comes back."""

    code = "org.bay_out_already"
    message = _("Nothing was changed: bay {bay} is out of service already.")
    hint = _("Load the page again to see the bay as it is now.")


class BayInServiceAlready(DomainError):
    """Only a bay that is out of service can come back."""

    code = "org.bay_in_service_already"
    message = _("Nothing was changed: bay {bay} is in service already.")
    hint = _("Load the page again to see the bay as it is now.")


class HoursBackwards(DomainError):
    """A store opens and closes on the same calendar day (BKG-2)."""

    code = "org.hours_backwards"
    message = _("The opening hours were not saved: {opens} is not before {closes}.")
    hint = _("Give an opening time that is before the closing time; hours past midnight are not possible.")


class NoSuchStoreDay(DomainError):
    """Only a day with exceptional hours can go back to the usual ones."""

    code = "org.no_such_store_day"
    message = _("Nothing was changed: {store} has no exceptional hours on {day}.")
    hint = _("Load the page again to see the days as they are now.")


class RuleValueRefused(DomainError):
    """A store rule takes only values of its kind and within its limits."""

    code = "org.rule_value_refused"
    message = _("The rule “{rule}” was not set: {value} is not allowed.")
    hint = _("Allowed is: {allowed}.")


class YearOutOfReach(DomainError):
    """Working days are kept for years that a store can still meet."""

    code = "org.year_out_of_reach"
    message = _("The working days were not loaded: {year} is not between {first} and {last}.")
    hint = _("Give a year within these limits.")
