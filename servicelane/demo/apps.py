from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "servicelane.demo"
    label = "demo"
