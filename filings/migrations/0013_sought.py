"""The index that answers what the desk searches and filters for, and that of what one holds."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('filings', '0012_pictures'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='deskentry',
            index=models.Index(fields=['district', 'queued_at', 'filing'], include=('state', 'search', 'shut', 'cover_days', 'provinces', 'industry', 'size', 'zone', 'holder', 'returns', 'due_at', 'state_since', 'pinyin'), name='entry_sought'),
        ),
        migrations.RemoveIndex(
            model_name='deskentry',
            name='entry_held',
        ),
        migrations.AddIndex(
            model_name='deskentry',
            index=models.Index(condition=models.Q(('state__in', frozenset(['in_review', 'submitted']))), fields=['holder', 'district', 'state', 'queued_at', 'filing'], name='entry_held'),
        ),
    ]
