import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0005_accounts"),
        ("booking", "0001_initial"),
        ("orders", "0009_what_an_operation_needs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="payment",
            name="billing_payment_invoice_or_order",
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="billing_payment_deposit_used",
        ),
        migrations.AddField(
            model_name="payment",
            name="booking",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deposits",
                to="booking.booking",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("booking", None), ("invoice__isnull", False), ("order", None)),
                    models.Q(
                        ("invoice", None),
                        models.Q(("order__isnull", False), ("booking__isnull", False), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="billing_payment_on_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("way", "deposit"), _negated=True),
                    models.Q(("amount__gt", 0), ("invoice__isnull", False)),
                    models.Q(("amount__lt", 0), ("invoice", None)),
                    _connector="OR",
                ),
                name="billing_payment_deposit_used",
            ),
        ),
    ]
