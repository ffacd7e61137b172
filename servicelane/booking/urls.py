"""Routes of bookings."""

from django.urls import include, path

from . import views

pages = [
    path("bookings/", views.bookings, name="list"),
    path("bookings/new", views.new_booking, name="new"),
    path("bookings/<int:pk>/", views.booking, name="booking"),
    path("bookings/<int:pk>/change", views.change_booking, name="change"),
    path("bookings/<int:pk>/confirm", views.confirm, name="confirm"),
    path("bookings/<int:pk>/cancel", views.cancel, name="cancel"),
    path("bookings/<int:pk>/no-show", views.no_show, name="no_show"),
    path("bookings/<int:pk>/arrive", views.arrive, name="arrive"),
]
urlpatterns = [path("", include((pages, "booking")))]
