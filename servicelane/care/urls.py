"""Routes of care."""

from django.urls import path

from .views import calls, complaints

app_name = "care"
urlpatterns = [
    path("care/", calls.care, name="list"),
    path("care/calls/<int:pk>/", calls.call, name="call"),
    path("care/complaints/", complaints.complaints, name="complaints"),
    path("care/complaints/new", complaints.new_complaint, name="complaint_new"),
    path("care/complaints/<int:pk>/", complaints.complaint, name="complaint"),
    path("care/complaints/<int:pk>/answer", complaints.answer, name="answer"),
    path("care/complaints/<int:pk>/close", complaints.close, name="close"),
]
