"""Routes of the desk."""

from django.urls import include, path

from . import views

pages = [
    path("reception/", views.queue, name="queue"),
    path("reception/walk-in", views.walk_in, name="walk_in"),
    path("reception/effort", views.effort, name="effort"),
    path("orders/<int:pk>/check-in", views.check_in, name="check_in"),
    path("orders/<int:pk>/walk-around.pdf", views.walk_around_pdf, name="walk_around_pdf"),
    path("orders/<int:pk>/belongings", views.belongings, name="belongings"),
    path("orders/<int:pk>/hand-over", views.hand_over, name="hand_over"),
]
urlpatterns = [path("", include((pages, "reception")))]
