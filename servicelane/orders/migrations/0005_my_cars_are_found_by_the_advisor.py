"""Orders are found by store and advisor; the index by advisor alone goes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ADVISOR_INDEX = "orders_repairorder_advisor_id_63c9ad3a"


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0004_earlier_visits_are_found_by_the_car"),
        ("org", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="repairorder",
            index=models.Index(fields=["store", "advisor", "status"], name="orders_order_advisor"),
        ),
        # The index by advisor alone made SQLite read all orders an advisor ever had; it goes by its name, for to
        # alter the field would copy the whole table there.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="repairorder",
                    name="advisor",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {ADVISOR_INDEX}",
                    f"CREATE INDEX {ADVISOR_INDEX} ON orders_repairorder (advisor_id)",
                ),
            ],
        ),
    ]
