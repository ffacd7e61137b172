"""Routes of the desk."""

from django.urls import include, path

from . import views

pages = [
    path("reception/", views.queue, name="queue"),
    path("reception/stand-ins/call", views.call_stand_ins, name="call_stand_ins"),
    path("reception/stand-ins/come", views.come, name="come"),
    path("reception/stand-ins/end", views.end_call, name="end_call"),
    path("orders/<int:pk>/greet", views.greet, name="greet"),
    path("reception/walk-in", views.walk_in, name="walk_in"),
    path("reception/effort", views.effort, name="effort"),
    path("orders/<int:pk>/check-in", views.check_in, name="check_in"),
    path("orders/<int:pk>/check-in/photos", views.damage_photo, name="damage_photo"),
    path("orders/<int:pk>/walk-around.pdf", views.walk_around_pdf, name="walk_around_pdf"),
    path("orders/<int:pk>/belongings", views.belongings, name="belongings"),
    path("orders/<int:pk>/hand-over", views.hand_over, name="hand_over"),
]
urlpatterns = [path("", include((pages, "reception")))]
