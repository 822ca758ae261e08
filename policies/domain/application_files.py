"""Papers of an application: added and taken off while it lies with the enterprise."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from filings.public import NotAllowed, Refused, User, clean_name, record_audit
from jiaozuo_portal.lib import files
from policies import access
from policies.models import Application, ApplicationFile
from policies.states import WITH_APPLICANT

MOST_FILES = 20


def may_change_files(user: User, application: Application) -> bool:
    """Whether this person may add and take off files now."""
    return (
        application.state in WITH_APPLICANT
        and application.enterprise_id in user.roles
        and bool(access.may_declare(user, application.enterprise))
    )


def attach_paper(
    application: Application, upload: Any, *, paper: str = "", by: User, at: datetime
) -> ApplicationFile:
    """Keep an uploaded file with an application that is being prepared or was asked back.

    `paper` is one of the measure's papers by its Chinese name, or blank. What the file is, its
    content decides. Raises NotAllowed, or Refused with what is wrong and what to do.
    """
    kind = files.inspect(upload)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    with transaction.atomic():
        locked = _locked(application, by)
        if paper and paper not in {one["zh"] for one in locked.content.get("papers", ())}:
            raise Refused(_("这份申请没有要求这份材料，请重新选择。"))
        if ApplicationFile.objects.filter(application=locked).count() >= MOST_FILES:
            raise Refused(_("一份申请最多 %(most)s 个附件。") % {"most": MOST_FILES})
        made = ApplicationFile(
            application=locked,
            paper=paper,
            name=clean_name(upload.name, kind),
            media_type=kind.media_type,
            size=upload.size,
            sha256=digest.hexdigest(),
            uploaded_by=by,
            uploaded_at=at,
        )
        made.file.save(str(made.key), upload, save=False)
        made.save()
        record_audit("application_file_add", locked, by=by)
    return made


def take_off_paper(file: ApplicationFile, *, by: User) -> None:
    """Delete a file of an application that lies with the enterprise. Raises as `attach_paper`."""
    with transaction.atomic():
        locked = _locked(file.application, by)
        name, storage = str(file.file.name), file.file.storage
        ApplicationFile.objects.filter(pk=file.pk).delete()
        record_audit("application_file_remove", locked, by=by)
        transaction.on_commit(lambda: storage.delete(name))


def _locked(application: Application, by: User) -> Application:
    # The enterprise is read with it: the right to edit hangs on it.
    locked = (
        Application.objects.select_for_update(of=("self",))
        .select_related("enterprise")
        .get(pk=application.pk)
    )
    if locked.state not in WITH_APPLICANT:
        raise Refused(
            _("这份申请现在是“%(state)s”，附件不能再改。部门要求补充时可以再改。")
            % {"state": locked.get_state_display()}
        )
    if not may_change_files(by, locked):
        raise NotAllowed(_("您的账号只能查看。请联系企业负责人或经办人。"))
    return locked
