"""Indices for lists of a million orders: by status in order of arrival, and by the day of hand-over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="repairorder", name="orders_order_board"),
        migrations.AddIndex(
            model_name="repairorder",
            index=models.Index(fields=["store", "status", "-arrived_at"], name="orders_order_by_status"),
        ),
        migrations.AddIndex(
            model_name="repairorder",
            index=models.Index(fields=["store", "delivered_at"], name="orders_order_delivered"),
        ),
    ]
