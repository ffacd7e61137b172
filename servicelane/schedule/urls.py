"""Routes of dispatch."""

from django.urls import path

from . import views

app_name = "schedule"
urlpatterns = [
    path("orders/<int:pk>/dispatch", views.dispatch, name="dispatch"),
    path("orders/<int:pk>/jobs/<int:job>/assign", views.assign, name="assign"),
]
