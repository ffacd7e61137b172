"""How Django draws forms here: our field and form templates, widgets as they are."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Render `{{ form }}` and `{{ form.name.as_field_group }}` with the shell's templates."""

    form_template_name = "shell/form.html"
    field_template_name = "shell/field.html"
