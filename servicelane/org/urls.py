from django.urls import path

from .views import bays, calendar, home, rules, stores

app_name = "org"
urlpatterns = [
    path("settings/", home.settings, name="settings"),
    path("settings/stores/", stores.stores, name="stores"),
    path("settings/stores/new", stores.new_store, name="store_new"),
    path("settings/stores/<int:pk>/", stores.store, name="store"),
    path("settings/stores/<int:pk>/change", stores.change_store, name="store_change"),
    path("settings/stores/<int:pk>/hours", stores.set_hours, name="store_hours"),
    path("settings/stores/<int:pk>/days", stores.set_day, name="store_day"),
    path("settings/stores/<int:pk>/days/clear", stores.clear_day, name="store_day_clear"),
    path("settings/bays/", bays.bays, name="bays"),
    path("settings/bays/new", bays.new_bay, name="bay_new"),
    path("settings/bays/<int:pk>/", bays.bay, name="bay"),
    path("settings/bays/<int:pk>/change", bays.change_bay, name="bay_change"),
    path("settings/bays/<int:pk>/out", bays.take_out, name="bay_out"),
    path("settings/bays/<int:pk>/back", bays.bring_back, name="bay_back"),
    path("settings/calendar/", calendar.calendar, name="calendar"),
    path("settings/calendar/load", calendar.load_year, name="calendar_load"),
    path("settings/rules/", rules.rules, name="rules"),
    path("settings/rules/<str:code>/", rules.rule, name="rule"),
    path("settings/rules/<str:code>/set", rules.set_rule, name="rule_set"),
]
