"""A benefit is given once: to an enterprise, or to each of its sites."""

from django.db import migrations, models


class Migration(migrations.Migration):

    # Apart from 0013: PostgreSQL makes no index on rows that the same transaction has changed.
    dependencies = [
        ('policies', '0013_given_to'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='application', name='one_standing_application'),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', frozenset(['asked_back', 'draft', 'granted', 'paid', 'received', 'sent']))), fields=('given_to', 'benefit'), name='one_standing_application'),
        ),
    ]
