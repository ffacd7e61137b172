from datetime import timedelta
from zoneinfo import ZoneInfo

import django.db.models.deletion
import simple_history.models
from django.db import migrations, models

import servicelane.kernel.money

DAYS_TO_PAY = 30
"""What holds without an account, as the store rule says by default."""


def give_days(apps, schema_editor):
    """Give what was put on account before its day to pay: thirty days after its issue, by the store's day."""
    invoices = apps.get_model("billing", "Invoice").objects.filter(on_account__gt=0, due_on=None)
    rows = invoices.select_related("store").order_by("pk")
    while some := list(rows[:500]):
        for row in some:
            row.due_on = row.issued_at.astimezone(ZoneInfo(row.store.zone)).date() + timedelta(DAYS_TO_PAY)
        apps.get_model("billing", "Invoice").objects.bulk_update(some, ["due_on"])


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0004_deposits'),
        ('customers', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='invoice',
            name='due_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.RunPython(give_days, migrations.RunPython.noop),
        migrations.CreateModel(
            name='HistoricalAccount',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('limit', servicelane.kernel.money.MoneyField(verbose_name='credit limit')),
                ('days', models.PositiveSmallIntegerField(verbose_name='days to pay')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('history_user_id', models.BigIntegerField(blank=True, null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('customer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.customer')),
            ],
            options={
                'verbose_name': 'historical account',
                'verbose_name_plural': 'historical accounts',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('limit', servicelane.kernel.money.MoneyField(verbose_name='credit limit')),
                ('days', models.PositiveSmallIntegerField(verbose_name='days to pay')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='account', to='customers.customer')),
            ],
            options={
                'verbose_name': 'account',
                'constraints': [models.CheckConstraint(condition=models.Q(('limit__gte', 0)), name='billing_account_limit')],
            },
        ),
    ]
