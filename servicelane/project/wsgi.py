"""The door for the web server. Refuses to start when a route does not say who may use it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicelane.project.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from . import urls  # noqa: E402, F401 - building the routes is the check; it raises ImproperlyConfigured
