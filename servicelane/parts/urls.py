from django.urls import path

from .views import catalogue, stock

app_name = "parts"
urlpatterns = [
    path("parts/", stock.stock, name="stock"),
    path("parts/new", catalogue.new_part, name="new"),
    path("parts/keep", catalogue.keep, name="keep"),
    path("parts/worth/", stock.worth, name="worth"),
    path("parts/<int:pk>/", stock.item, name="item"),
    path("parts/<int:pk>/receive", stock.receive, name="receive"),
    path("parts/<int:pk>/adjust", stock.adjust, name="adjust"),
    path("parts/<int:pk>/take-out", stock.take_out, name="take_out"),
    path("parts/<int:pk>/take-out/below-zero", stock.take_out_below_zero, name="take_out_below_zero"),
    path("parts/<int:pk>/change", catalogue.change_part, name="change"),
    path("parts/<int:pk>/place", catalogue.change_place, name="place"),
]
