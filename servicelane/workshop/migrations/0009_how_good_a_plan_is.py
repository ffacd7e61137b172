from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workshop', '0008_plans_of_the_workshop'),
    ]

    operations = [
        migrations.AddField(
            model_name='shopplan',
            name='effort',
            field=models.CharField(blank=True, choices=[('best', 'no plan loses less time'), ('solver', 'made better by the solver until the time was over'), ('search', 'made better by the search until the time was over'), ('alone', 'made by the search alone: the solver is not installed')], editable=False, max_length=8),
        ),
    ]
