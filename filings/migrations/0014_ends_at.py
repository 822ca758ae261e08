"""The end of a time limit has a value in every entry, so that a list sorted by it can page by key."""

from datetime import UTC, datetime

from django.db import migrations, models

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def never_where_none_runs(apps, schema_editor):
    entries = apps.get_model("filings", "DeskEntry").objects.using(schema_editor.connection.alias)
    entries.filter(due_at__isnull=True).update(due_at=NEVER)


def none_where_never(apps, schema_editor):
    entries = apps.get_model("filings", "DeskEntry").objects.using(schema_editor.connection.alias)
    entries.filter(due_at=NEVER).update(due_at=None)


class Migration(migrations.Migration):

    dependencies = [
        ("filings", "0013_sought"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="deskentry", name="entry_due"),
        migrations.RemoveIndex(model_name="deskentry", name="entry_city_due"),
        migrations.RemoveIndex(model_name="deskentry", name="entry_sought"),
        migrations.RunPython(never_where_none_runs, none_where_never),
        migrations.AlterField(
            model_name="deskentry",
            name="due_at",
            field=models.DateTimeField(default=NEVER, verbose_name="办结期限"),
        ),
        migrations.RenameField(model_name="deskentry", old_name="due_at", new_name="ends_at"),
        migrations.AddIndex(
            model_name="deskentry",
            index=models.Index(fields=["district", "ends_at", "filing"], name="entry_due"),
        ),
        migrations.AddIndex(
            model_name="deskentry",
            index=models.Index(fields=["ends_at", "filing"], name="entry_city_due"),
        ),
        migrations.AddIndex(
            model_name="deskentry",
            index=models.Index(
                fields=["district", "queued_at", "filing"],
                include=("state", "search", "shut", "cover_days", "provinces", "industry", "size", "zone", "holder", "returns", "ends_at", "state_since", "pinyin"),
                name="entry_sought",
            ),
        ),
    ]
