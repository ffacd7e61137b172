"""Orders lose the index by store alone."""

import django.db.models.deletion
from django.db import migrations, models

STORE_INDEX = "orders_repairorder_store_id_f09e0af0"


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_lists_of_a_million"), ("org", "0001_initial")]

    operations = [
        # The index by store alone, which made SQLite read all orders of a store, goes by its name: to alter the
        # field would copy the whole table there.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="repairorder",
                    name="store",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.store",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {STORE_INDEX}",
                    f"CREATE INDEX {STORE_INDEX} ON orders_repairorder (store_id)",
                ),
            ],
        ),
    ]
