import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0009_what_an_operation_needs'),
        ('org', '0001_initial'),
        ('reception', '0002_damage_marks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Greeting',
            fields=[
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='greeting', serialize=False, to='orders.repairorder')),
                ('greeted_at', models.DateTimeField()),
                ('greeted_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'greeting',
            },
        ),
        migrations.CreateModel(
            name='StandInCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('called_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('called_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.store')),
            ],
            options={
                'verbose_name': 'call for stand-ins',
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('store',), name='reception_call_one_open'),
                ],
            },
        ),
        migrations.CreateModel(
            name='StandIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('came_at', models.DateTimeField()),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stand_ins', to='reception.standincall')),
            ],
            options={
                'verbose_name': 'stand-in',
                'ordering': ['pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('call', 'person'), name='reception_stand_in_once'),
                ],
            },
        ),
    ]
