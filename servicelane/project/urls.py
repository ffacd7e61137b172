"""All routes, each behind its guard; building this module is the check that none was forgotten."""

from django.urls import include, path

from . import message_views, views
from .api import api
from .routes import guarded

handler400 = "servicelane.project.problem_pages.bad_request"
handler403 = "servicelane.project.problem_pages.forbidden"
handler404 = "servicelane.project.problem_pages.not_found"
handler500 = "servicelane.project.problem_pages.server_error"

urlpatterns = [
    *guarded(
        [
            path("", views.today, name="today"),
            path("today/shift", views.today_shift, name="today_shift"),
            path("today/cars", views.today_cars, name="today_cars"),
            path("today/day-sheet", views.end_of_day, name="day_sheet"),
            path("search", views.search, name="search"),
            path("alerts", views.alerts, name="alerts"),
            path("demo/progress", views.demo_progress, name="demo_progress"),
            path("demo/stop", views.stop_demo, name="stop_demo"),
            path("health", views.health, name="health"),
            path("settings/system/", views.system, name="system"),
            path("settings/system/tasks/<uuid:task_id>/retry", views.retry_task, name="retry_task"),
            path("settings/messages/", message_views.outbox, name="messages"),
            path("settings/messages/<int:message>/again", message_views.again, name="message_again"),
            path("settings/facts/", views.facts, name="facts"),
            path("settings/facts/<int:pk>/", views.fact, name="fact"),
            path("", include("servicelane.billing.urls")),
            path("", include("servicelane.orders.urls")),
            path("", include("servicelane.schedule.urls")),
            path("", include("servicelane.workshop.urls")),
            path("", include("servicelane.org.urls")),
            path("", include("servicelane.people.urls")),
            path("", include("servicelane.care.urls")),
            path("", include("servicelane.parts.urls")),
            path("", include("servicelane.booking.urls")),
            path("", include("servicelane.reception.urls")),
            path("", include("servicelane.customers.urls")),
        ]
    ),
    path("api/v1/", api.urls),
]
