"""A customer with a car in the Shinan store, for all tests of files."""

from typing import Any

import pytest

from servicelane.customers.customer_services import CustomerDetails, add_customer
from servicelane.customers.models import Customer, Salutation, Vehicle
from servicelane.customers.vehicle_services import VehicleDetails, add_vehicle

VIN = "LSV2P4LJ0TJ441509"


@pytest.fixture
def zhang(cast: Any) -> Customer:
    """A customer of the Shinan store."""
    details = CustomerDetails("张伟", mobile="15400003456", salutation=Salutation.MR, address="东海路 1 号")
    return add_customer(cast.shinan, details, by=cast.chen)


@pytest.fixture
def car(cast: Any, zhang: Customer) -> Vehicle:
    """A car of that customer."""
    details = VehicleDetails(plate="鲁B·6F82K", vin=VIN, model_name="帕萨特")
    return add_vehicle(cast.shinan, details, owner=zhang, by=cast.chen)
