from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0010_a_photo_of_a_damage'),
    ]

    operations = [
        migrations.AddField(
            model_name='estimate',
            name='overruled_why',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='estimate',
            name='proposed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='estimate',
            name='proposed_chance',
            field=models.PositiveSmallIntegerField(null=True),
        ),
    ]
