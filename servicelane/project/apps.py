from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "servicelane.project"
    label = "project"
