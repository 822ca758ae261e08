"""A link points at its reasons and facts instead of repeating them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('policies', '0010_shared_reasons'),
    ]

    operations = [
        migrations.AlterField(
            model_name='supportlink',
            name='reasoning',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='policies.reasoning', verbose_name='判断理由'),
        ),
        migrations.AlterField(
            model_name='supportlink',
            name='sheet',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='policies.factsheet', verbose_name='判断依据'),
        ),
        migrations.AlterField(
            model_name='supportlink',
            name='pack',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='policies.pack', verbose_name='政策包'),
        ),
        migrations.RemoveField(
            model_name='supportlink',
            name='content',
        ),
        migrations.RemoveField(
            model_name='supportlink',
            name='sha256',
        ),
    ]
