import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0010_a_photo_of_a_damage'),
        ('org', '0001_initial'),
        ('workshop', '0007_points_of_an_inspection'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ShopPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'waits to be made'), ('running', 'is being made'), ('ready', 'ready'), ('cancelled', 'cancelled'), ('broken', 'broken off')], default='waiting', editable=False, max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('beat_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(null=True)),
                ('share', models.PositiveSmallIntegerField(default=0)),
                ('cars', models.PositiveSmallIntegerField(default=0)),
                ('lateness', models.PositiveIntegerField(default=0)),
                ('lateness_first_come', models.PositiveIntegerField(default=0)),
                ('late', models.PositiveSmallIntegerField(default=0)),
                ('late_first_come', models.PositiveSmallIntegerField(default=0)),
                ('left', models.JSONField(default=list)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.store')),
            ],
            options={
                'verbose_name': 'plan of the workshop',
                'ordering': ['-pk'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'running'))), fields=('store',), name='workshop_shopplan_one_at_a_time'),
                    models.CheckConstraint(condition=models.Q(('share__lte', 100)), name='workshop_shopplan_share'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PlanLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('was_start', models.DateTimeField(null=True)),
                ('origin', models.DateTimeField()),
                ('reasons', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('open', 'open'), ('same', 'as it is'), ('accepted', 'accepted'), ('refused', 'refused'), ('stale', 'out of date')], default='open', editable=False, max_length=8)),
                ('why', models.CharField(blank=True, max_length=400)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('bay', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.bay')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.job')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.repairorder')),
                ('technician', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('was_bay', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.bay')),
                ('was_technician', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='workshop.shopplan')),
            ],
            options={
                'verbose_name': 'proposal',
                'ordering': ['starts', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('plan', 'job'), name='workshop_planline_once'),
                    models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='workshop_planline_forwards'),
                ],
            },
        ),
    ]
