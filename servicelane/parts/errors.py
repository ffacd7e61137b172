"""Refusals about parts and their stock."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.errors import DomainError


class PartNumberTaken(DomainError):
    """A part's number is unique in its group (PRT-1)."""

    code = "parts.number_taken"
    message = _("The part was not saved: the number {number} belongs to another part of the catalogue.")
    hint = _("Search the catalogue for this number, or check the number on the packaging.")


class SupersessionRefused(DomainError):
    """A part is superseded by another part of the same catalogue, and the chain has an end (PRT-1)."""

    code = "parts.supersession_refused"
    message = _("The part was not saved: {successor} cannot supersede {number}.")
    hint = _("Name another part of the same catalogue, whose own successors do not lead back to this one.")


class PriceRefused(DomainError):
    """A price is an amount that somebody could ask for one unit of a part."""

    code = "parts.price_refused"
    message = _("The part was not saved: a price of {price} is not possible.")
    hint = _("Give the price with VAT, from 0 to {most}, with at most two decimals.")


class VatRateRefused(DomainError):
    """VAT is a share of the price between nothing and half of it."""

    code = "parts.vat_rate_refused"
    message = _("The part was not saved: {rate} is not a possible VAT rate.")
    hint = _("Give the rate as a share, for example 0.13 for 13 %.")


class PlacedAlready(DomainError):
    """A store keeps a part in one place; a second one would be a second stock of it."""

    code = "parts.placed_already"
    message = _("Nothing was changed: {store} keeps the part {number} already.")
    hint = _("Search the stock for this number; its place can be changed there.")


class OtherGroupsPart(DomainError):
    """A store keeps parts of its own group's catalogue only."""

    code = "parts.other_groups_part"
    message = _("Nothing was booked: {store} does not belong to the group whose catalogue has this part.")
    hint = _("Add the part to the catalogue of the store's own group first.")


class QuantityRefused(DomainError):
    """A quantity is more than nothing, has at most three decimals, and is not absurd."""

    code = "parts.quantity_refused"
    message = _("Nothing was booked: a quantity of {quantity} is not possible.")
    hint = _("Give a quantity above 0, at most {most}, with at most three decimals.")


class CostRefused(DomainError):
    """The cost of one unit is nothing or more, has at most six decimals, and is not absurd."""

    code = "parts.cost_refused"
    message = _("Nothing was booked: a cost of {cost} per unit is not possible.")
    hint = _("Give the cost of one unit without VAT, from 0 to {most}, with at most six decimals.")


class ShortOfStock(DomainError):
    """Only what is free can be reserved (PRT-2)."""

    code = "parts.short_of_stock"
    message = _(
        "Nothing was reserved: {quantity} of {number} are wanted, {available} are free in {store} "
        "({on_hand} on hand, {reserved} reserved)."
    )
    hint = _("Reserve what is there and order the rest, or ask for a reservation to be released.")


class NotEnoughStock(DomainError):
    """Stock never goes below zero, and nobody takes what is reserved for others (PRT-2)."""

    code = "parts.not_enough_stock"
    message = _(
        "{number} was not issued: {quantity} are wanted, {on_hand} are on hand in {store}, "
        "{others} of them reserved for others."
    )
    hint = _(
        "Book in what has arrived, or have a reservation released. If the part is in your hand and only "
        "the booking is missing, a person with the right “issue below zero”, such as the service "
        "manager, can issue it."
    )


class TooMuchReturned(DomainError):
    """No more comes back than was issued and is not back yet (PRT-2)."""

    code = "parts.too_much_returned"
    message = _("Nothing was returned: {quantity} are to come back, but only {outside} are still issued.")
    hint = _("Count again what comes back. Parts that were never issued are booked in as a receipt.")


class NothingDiffers(DomainError):
    """A correction to the quantity that is known already corrects nothing."""

    code = "parts.nothing_differs"
    message = _("Nothing was corrected: {number} is booked with {on_hand} already.")
    hint = _("Load the page again to see the stock as it is now.")
