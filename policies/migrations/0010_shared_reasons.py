"""Reasons are kept once for everybody who shares them, and facts once a filing."""

import hashlib
import json

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def share(apps, schema_editor):
    """Take each link's content apart; what it said stays what it says."""
    SupportLink = apps.get_model('policies', 'SupportLink')
    filings = SupportLink.objects.order_by('filing_id').values_list('filing_id', flat=True)
    for filing_id in filings.distinct().iterator():
        links = list(SupportLink.objects.filter(filing_id=filing_id).order_by('at', 'pk'))
        sheets = _sheets(apps, links)
        for link in links:
            link.reasoning, link.sheet = _reasoning(apps, link), sheets[link.at]
        SupportLink.objects.bulk_update(links, ['reasoning', 'sheet'])


def _sheets(apps, links):
    """One sheet for each moment at which verdicts were written; the last one holds all facts."""
    FactSheet = apps.get_model('policies', 'FactSheet')
    moments = sorted({link.at for link in links})
    made = {}
    for moment, ended in zip(moments, [*moments[1:], None], strict=True):
        content = {'facts': {}, 'implied': {}}
        for link in links:
            if link.at == moment or (ended is None and link.superseded_at is None):
                facts = link.content['facts']
                content['facts'] |= facts
                content['implied'] |= {
                    one['fact']: one['actual']
                    for one in link.content['trace']
                    if one['fact'] not in facts and one['fact'] != 'as_of'
                    and one['actual'] is not None
                }
        made[moment] = FactSheet.objects.create(
            filing_id=links[0].filing_id, content=content, at=moment, superseded_at=ended
        )
    return made


def _reasoning(apps, link):
    old = link.content
    named = [one['fact'] for one in old['trace'] if one['fact'] not in (None, 'as_of')]
    content = {
        'measure': link.measure,
        'verdict': old['verdict'],
        'basis': old['basis'],
        'missing': old['missing'],
        'amount_missing': old['amount_missing'],
        'reasons': [_valueless(one) for one in old['reasons']],
        'trace': [_valueless(one) for one in old['trace']],
        'uses': list(dict.fromkeys([*named, *old['facts'], *old['missing'], *old['amount_missing']])),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    Reasoning = apps.get_model('policies', 'Reasoning')
    return Reasoning.objects.get_or_create(
        sha256=sha256, defaults={'measure': link.measure, 'content': content}
    )[0]


def _valueless(reason):
    return {name: value for name, value in reason.items() if name != 'actual'}


class Migration(migrations.Migration):

    dependencies = [
        ('filings', '0002_desk_entries'),
        ('policies', '0009_outside_applications'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reasoning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('measure', models.CharField(max_length=40, verbose_name='措施编号')),
                ('sha256', models.CharField(editable=False, max_length=64, unique=True)),
                ('content', models.JSONField(editable=False)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='记录时间')),
            ],
            options={
                'verbose_name': '判断理由',
                'verbose_name_plural': '判断理由',
            },
        ),
        migrations.CreateModel(
            name='FactSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField(editable=False)),
                ('at', models.DateTimeField(verbose_name='判断时间')),
                ('superseded_at', models.DateTimeField(blank=True, null=True, verbose_name='被取代时间')),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fact_sheets', to='filings.filing', verbose_name='备案')),
            ],
            options={
                'verbose_name': '判断依据',
                'verbose_name_plural': '判断依据',
                'constraints': [models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('filing',), name='one_current_fact_sheet')],
            },
        ),
        migrations.AddField(
            model_name='supportlink',
            name='reasoning',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='policies.reasoning', verbose_name='判断理由'),
        ),
        migrations.AddField(
            model_name='supportlink',
            name='sheet',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='policies.factsheet', verbose_name='判断依据'),
        ),
        migrations.RunPython(share),
    ]
