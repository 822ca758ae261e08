from datetime import timedelta

from django.db import migrations


def keep_the_hours(apps, schema_editor):
    """The city's one limit becomes that of all filings but those of makers of supplies.

    What is with a bureau keeps its last moment: it was counted from the last submission.
    """
    models = {name: apps.get_model("filings", name) for name in ("CitySetting", "TimeLimit", "Filing", "ReviewClock", "DeskEntry")}
    hours = models["CitySetting"].objects.order_by("pk").values_list("review_hours", flat=True).first()
    if not hours:
        return
    models["TimeLimit"].objects.create(kind="other", hours=hours)
    waiting = models["Filing"].objects.filter(state__in=("submitted", "in_review"), submitted_at__isnull=False)
    for pk, submitted_at in waiting.values_list("pk", "submitted_at"):
        due_at = submitted_at + timedelta(hours=hours)
        models["ReviewClock"].objects.create(filing_id=pk, kind="other", hours=hours, started_at=submitted_at)
        models["Filing"].objects.filter(pk=pk).update(due_at=due_at)
        models["DeskEntry"].objects.filter(pk=pk).update(due_at=due_at)


def give_them_back(apps, schema_editor):
    """The limit of other filings becomes the city's one limit again."""
    limit = apps.get_model("filings", "TimeLimit").objects.filter(kind="other").first()
    if limit:
        apps.get_model("filings", "CitySetting").objects.update(review_hours=limit.hours)


class Migration(migrations.Migration):

    dependencies = [
        ('filings', '0004_time_limits'),
    ]

    operations = [
        migrations.RunPython(keep_the_hours, give_them_back, elidable=True),
        migrations.RemoveField(
            model_name='citysetting',
            name='review_hours',
        ),
    ]
