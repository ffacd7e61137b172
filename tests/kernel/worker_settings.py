"""The product's settings with the tests' tables: for real workers on a test's database."""

from servicelane.project.settings import *  # noqa: F403
from servicelane.project.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.kernel.goods"]
