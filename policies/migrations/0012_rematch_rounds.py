"""Rounds in which every filing is judged again."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('policies', '0011_slim_links'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rematch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('pack', '发布政策版本'), ('day', '新的一天'), ('kept', '名单或公布值有变化'), ('hand', '管理员要求')], max_length=8, verbose_name='原因')),
                ('subject', models.CharField(max_length=80, verbose_name='事项')),
                ('total', models.PositiveIntegerField(verbose_name='备案数')),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '重新判断',
                'verbose_name_plural': '重新判断',
                'ordering': ('-pk',),
                'constraints': [models.UniqueConstraint(fields=('cause', 'subject'), name='one_rematch_per_cause')],
            },
        ),
        migrations.AddField(
            model_name='match',
            name='rematch',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='policies.rematch', verbose_name='重新判断'),
        ),
    ]
