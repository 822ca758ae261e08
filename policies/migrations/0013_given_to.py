"""Who gets the benefit of an application once: an enterprise, or one of its sites."""

from django.db import migrations, models
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

STANDING = ('asked_back', 'draft', 'granted', 'paid', 'received', 'sent')


def name_who_gets_it(apps, schema_editor):
    """The oldest application of an enterprise stands for it; a later one for its site alone.

    Rules are not read here: what a site gets is marked as the enterprise's, which only keeps the
    enterprise from applying for it twice under rules that give it once.
    """
    Application = apps.get_model('policies', 'Application')
    standing = Application.objects.filter(state__in=STANDING)
    older = standing.filter(
        enterprise=OuterRef('enterprise'), benefit=OuterRef('benefit'), pk__lt=OuterRef('pk')
    )
    later = list(standing.filter(Exists(older)).values_list('pk', 'filing__site_id'))
    key = Concat(Value('enterprise:'), Cast('enterprise_id', CharField()))
    Application.objects.update(given_to=key)
    for pk, site in later:
        Application.objects.filter(pk=pk).update(given_to=f'site:{site}')


class Migration(migrations.Migration):

    dependencies = [
        ('policies', '0012_rematch_rounds'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='given_to',
            field=models.CharField(default='', editable=False, max_length=40),
            preserve_default=False,
        ),
        migrations.RunPython(name_who_gets_it, migrations.RunPython.noop),
    ]
