"""The audit keeps what an arrangement of an agency was and what it is."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('filings', '0014_ends_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='changed',
            field=models.JSONField(blank=True, default=dict, verbose_name='从什么改成什么'),
        ),
    ]
