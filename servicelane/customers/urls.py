"""Routes of customers and vehicles."""

from django.urls import path

from .views import customers, vehicles

app_name = "customers"
urlpatterns = [
    path("customers/", customers.files, name="list"),
    path("customers/new", customers.new_customer, name="new"),
    path("customers/take-over", customers.take_over, name="take_over"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/change", customers.change_customer, name="change"),
    path("customers/<int:pk>/phone", customers.show_phone, name="show_phone"),
    path("customers/<int:pk>/confirm", customers.confirm_contact, name="confirm"),
    path("customers/<int:pk>/consent", customers.set_consent, name="consent"),
    path("customers/<int:pk>/vehicles/new", vehicles.new_vehicle, name="vehicle_new"),
    path("vehicles/<int:pk>/", vehicles.vehicle, name="vehicle"),
    path("vehicles/<int:pk>/change", vehicles.change_vehicle, name="vehicle_change"),
    path("vehicles/<int:pk>/odometer", vehicles.note_odometer, name="odometer"),
    path("vehicles/<int:pk>/people/new", vehicles.add_party, name="party_new"),
    path("vehicles/<int:pk>/people/<int:party>/end", vehicles.end_party, name="party_end"),
]
