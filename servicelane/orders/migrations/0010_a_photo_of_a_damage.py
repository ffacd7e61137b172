from django.db import migrations, models


def call_them_other(apps, _editor):
    """Going back, a photo of a damage is one of the others."""
    apps.get_model("orders", "Photo").objects.filter(shows="damage").update(shows="other")


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0009_what_an_operation_needs"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="photo", name="orders_photo_shows"),
        migrations.AlterField(
            model_name="photo",
            name="shows",
            field=models.CharField(
                choices=[
                    ("finding", "finding"),
                    ("job", "work"),
                    ("damage", "damage at reception"),
                    ("other", "other"),
                ],
                max_length=8,
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, call_them_other),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                condition=models.Q(("shows__in", ["finding", "job", "damage", "other"])),
                name="orders_photo_shows",
            ),
        ),
    ]
