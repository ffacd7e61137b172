"""Views of orders; those of higher apps take `answer` and `order_of` from here."""

from ..http import answer, order_of

__all__ = ["answer", "order_of"]
