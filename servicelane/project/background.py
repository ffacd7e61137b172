"""The settings of processes that serve no pages: 20 MB less each without what only the API's pages need."""

from .settings import *  # noqa: F403 - they are the same settings
from .settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [app for app in _APPS if app != "ninja"]
