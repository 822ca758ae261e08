import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "jiaozuo_portal.lib.assets.HashedStaticFiles"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_a_script_imports_the_others_under_their_hashed_names(collected):
    script = (collected / staticfiles_storage.stored_name("js/portal.js")).read_text("utf-8")

    imported = re.findall(r'["\']\./([\w.-]+\.js)["\']', script)
    assert len(imported) >= 9
    assert [name for name in imported if not re.fullmatch(r"[\w-]+\.[0-9a-f]{12}\.js", name)] == []
    assert [name for name in imported if not (collected / "js" / name).is_file()] == []


def test_the_icons_are_found_under_their_hashed_name(collected):
    assert re.fullmatch(r"/static/icons\.[0-9a-f]{12}\.svg", staticfiles_storage.url("icons.svg"))
