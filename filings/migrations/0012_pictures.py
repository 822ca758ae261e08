"""What the boards count by, and the pictures that they show."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('filings', '0011_bulk'),
    ]

    operations = [
        migrations.AddField(
            model_name='deskentry',
            name='origins',
            field=models.JSONField(default=dict, verbose_name='各来源省人数'),
        ),
        migrations.AddField(
            model_name='deskentry',
            name='planned',
            field=models.PositiveIntegerField(default=0, verbose_name='计划返岗人数'),
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='日期')),
                ('hour', models.PositiveSmallIntegerField(verbose_name='小时')),
                ('taken_at', models.DateTimeField(verbose_name='时间')),
                ('figures', models.JSONField(verbose_name='数字')),
                ('district', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='filings.district', verbose_name='县（市、区）')),
            ],
            options={
                'verbose_name': '进度图',
                'verbose_name_plural': '进度图',
                'ordering': ('day', 'hour', 'district'),
                'constraints': [models.UniqueConstraint(fields=('district', 'day', 'hour'), name='one_picture_of_a_district_an_hour'), models.UniqueConstraint(condition=models.Q(('district__isnull', True)), fields=('day', 'hour'), name='one_picture_of_the_city_an_hour')],
            },
        ),
    ]
