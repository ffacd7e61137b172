"""ServiceLane 售后通: the after-sales service system of vehicle dealerships and repair chains."""

__version__ = "0.1.0"
