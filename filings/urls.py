"""The addresses of filings, one block a subject."""

from django.urls import URLPattern, URLResolver, path, register_converter

from filings.views import (
    assignment,
    attachments,
    board,
    bulk,
    decisions,
    desk,
    desk_export,
    enterprise,
    filing,
    history,
    home,
    members,
    notices,
    people,
    receipts,
    reopened,
    review,
    roster,
    saved_views,
    second_factor,
    sections,
    start,
    submission,
    supplies,
    text_blocks,
)
from filings.views.scope import SectionKey

_people = [
    path("", home.home, name="home"),
    path("contacts/", home.contacts, name="contacts"),
    path("help/", home.how_it_works, name="help"),
    path("reopened/", reopened.reopened, name="reopened"),
    path("reopened/list.xlsx", reopened.reopened_xlsx, name="reopened_xlsx"),
    path("sign-in/", people.sign_in, name="sign_in"),
    path("sign-out/", people.sign_out, name="sign_out"),
    path("register/", people.register, name="register"),
    path("account/", people.account, name="account"),
    path("password/change/", people.password_change, name="password_change"),
    path("password/reset/", people.password_reset, name="password_reset"),
    path("password/reset/sent/", people.password_reset_sent, name="password_reset_sent"),
    path("password/reset/new/", people.password_reset_new, name="password_reset_new"),
    path(
        "password/reset/<str:uid>/<str:token>/",
        people.password_reset_link,
        name="password_reset_link",
    ),
    path("second-factor/", second_factor.second_factor, name="second_factor"),
    path("second-factor/set-up/", second_factor.second_factor_set_up, name="second_factor_set_up"),
    path("second-factor/off/", second_factor.second_factor_off, name="second_factor_off"),
    path("second-factor/codes/", second_factor.recovery_codes, name="recovery_codes"),
    path(
        "second-factor/codes/renew/",
        second_factor.recovery_codes_renew,
        name="recovery_codes_renew",
    ),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/<uuid:key>/", notices.notice_open, name="notice_open"),
    path("enterprises/new/", enterprise.enterprise_new, name="enterprise_new"),
    path("enterprises/size/", enterprise.enterprise_size, name="enterprise_size"),
    path("enterprises/join/", enterprise.join_ask, name="join_ask"),
    path("enterprises/<int:pk>/", enterprise.enterprise, name="enterprise"),
    path("enterprises/<int:pk>/profile/", enterprise.enterprise_profile, name="enterprise_profile"),
    path("enterprises/<int:pk>/sites/new/", enterprise.site_new, name="site_new"),
    path("enterprises/<int:pk>/members/", members.members, name="members"),
    path("enterprises/<int:pk>/members/invite/", members.member_invite, name="member_invite"),
    path(
        "enterprises/<int:pk>/members/<int:member>/role/", members.member_role, name="member_role"
    ),
    path(
        "enterprises/<int:pk>/members/<int:member>/remove/",
        members.member_remove,
        name="member_remove",
    ),
    path("join-requests/", enterprise.join_requests, name="join_requests"),
    path("join-requests/<int:pk>/decide/", enterprise.join_decide, name="join_decide"),
    path("invitations/new/", members.invitation_new, name="invitation_new"),
    path("invitations/<int:pk>/withdraw/", members.invitation_withdraw, name="invitation_withdraw"),
    path("invitations/<str:token>/", members.invitation_accept, name="invitation_accept"),
    path(
        "invitations/<str:token>/as-somebody-else/",
        members.sign_out_to_invitation,
        name="invitation_as_other",
    ),
]

_VERSION = "filings/<int:pk>/versions/<int:number>/"

_desk = [
    path("desk/", desk.desk, name="desk"),
    path("desk/export/", desk_export.desk_export, name="desk_export"),
    path("desk/next/<int:pk>/", desk.desk_next, name="desk_next"),
    path("desk/team/", desk.desk_team, name="desk_team"),
    path("zone/", desk.zone_home, name="zone_home"),
    path("health/", desk.health_home, name="health_home"),
    path("board/", board.board, name="board"),
    path("board/list/", board.board_list, name="board_list"),
    path("board/brief/", board.board_brief, name="board_brief"),
    path("board/figures/<slug:kind>/", board.board_download, name="board_download"),
    path("city/", desk.city_home, name="city_home"),
    path("city/export/", desk_export.city_export, name="city_export"),
    path("filings/<int:pk>/review/", review.review, name="review"),
    path("filings/<int:pk>/review/reveal/", review.review_reveal, name="review_reveal"),
    path(_VERSION, review.version, name="version"),
    path(f"{_VERSION}twice/", review.review_twice, name="review_twice"),
    path(f"{_VERSION}people/", review.version_people, name="version_people"),
    path(f"{_VERSION}entries/", review.version_entries, name="version_entries"),
    path("filings/<int:pk>/corrections/add/", review.correction_add, name="correction_add"),
    path("corrections/<int:pk>/drop/", review.correction_drop, name="correction_drop"),
    path("corrections/<int:pk>/settle/", review.correction_settle, name="correction_settle"),
    path("filings/<int:pk>/claim/", decisions.claim, name="claim"),
    path("filings/<int:pk>/assign/", decisions.assign, name="assign"),
    path("filings/<int:pk>/hand-over/", decisions.hand_over, name="hand_over"),
    path("filings/<int:pk>/return/", decisions.return_filing, name="return_filing"),
    path("filings/<int:pk>/approve/", decisions.approve, name="approve"),
    path("filings/<int:pk>/suspend/", decisions.suspend, name="suspend"),
    path("filings/<int:pk>/resume/", decisions.resume, name="resume"),
    path("filings/<int:pk>/revoke/", decisions.revoke, name="revoke"),
    path("filings/<int:pk>/waive/<str:gate>/", decisions.waive, name="waive"),
    path("filings/<int:pk>/zone-receipt/", desk.zone_receipt, name="zone_receipt"),
    path("filings/<int:pk>/opinion/", desk.opinion, name="opinion"),
    path("filings/<int:pk>/receipt.pdf", receipts.receipt_pdf, name="receipt_pdf"),
    path("r/<str:token>/", receipts.public_receipt, name="public_receipt"),
]

_RULES = "desk/assignment/<int:pk>/"

_assignment = [
    path("desk/assignment/", assignment.assignment_home, name="assignment_home"),
    path(_RULES, assignment.assignment_rules, name="assignment_rules"),
    path(f"{_RULES}rules/new/", assignment.assignment_rule_new, name="assignment_rule_new"),
    path(f"{_RULES}rules/<int:rule>/", assignment.assignment_rule, name="assignment_rule"),
    path(f"{_RULES}rules/<int:rule>/up/", assignment.assignment_rule_up, name="assignment_rule_up"),
    path(
        f"{_RULES}rules/<int:rule>/remove/",
        assignment.assignment_rule_remove,
        name="assignment_rule_remove",
    ),
    path(
        f"{_RULES}absences/new/",
        assignment.assignment_absence_new,
        name="assignment_absence_new",
    ),
    path(
        f"{_RULES}absences/<int:absence>/end/",
        assignment.assignment_absence_end,
        name="assignment_absence_end",
    ),
]

_saved_views = [
    path("desk/views/", saved_views.saved_views, name="saved_views"),
    path("desk/views/new/", saved_views.saved_view_new, name="saved_view_new"),
    path("desk/views/<int:pk>/", saved_views.saved_view, name="saved_view"),
    path("desk/views/<int:pk>/remove/", saved_views.saved_view_remove, name="saved_view_remove"),
]

_bulk = [
    path("desk/bulk/", bulk.batches, name="batches"),
    path("desk/bulk/new/", bulk.bulk_new, name="bulk_new"),
    path("desk/bulk/<uuid:key>/", bulk.batch, name="batch"),
    path("desk/bulk/<uuid:key>/progress/", bulk.batch_progress, name="batch_progress"),
    path("desk/bulk/<uuid:key>/stop/", bulk.batch_stop, name="batch_stop"),
]

_BLOCKS = "desk/text-blocks/<int:pk>/"

_text_blocks = [
    path("desk/text-blocks/", text_blocks.text_blocks_home, name="text_blocks_home"),
    path(_BLOCKS, text_blocks.text_blocks, name="text_blocks"),
    path(f"{_BLOCKS}new/", text_blocks.text_block_new, name="text_block_new"),
    path(f"{_BLOCKS}<int:block>/", text_blocks.text_block, name="text_block"),
]

register_converter(SectionKey, "section")

_FILING = "filings/<int:pk>/"

_filing = [
    path(_FILING, filing.filing, name="filing"),
    path(f"{_FILING}check/", submission.check_answers, name="check_answers"),
    path(f"{_FILING}submit/", submission.submit, name="submit"),
    path(f"{_FILING}received/", submission.received, name="received"),
    path(f"{_FILING}withdraw/", submission.withdraw, name="withdraw"),
    path(f"{_FILING}reopen/", submission.reopen, name="reopen"),
    path(f"{_FILING}start/", start.start, name="start"),
    path(f"{_FILING}start/report/", start.report_prestart, name="report_prestart"),
    path(f"{_FILING}start/confirm/", start.start_work, name="start_work"),
    path(f"{_FILING}corrections/", filing.corrections, name="corrections"),
    path("corrections/<int:pk>/mend/", filing.correction_mend, name="correction_mend"),
    path("corrections/<int:pk>/mend/undo/", filing.correction_unmend, name="correction_unmend"),
    path("opinions/<int:pk>/handle/", filing.opinion_handle, name="opinion_handle"),
    path(f"{_FILING}history/", history.history, name="history"),
    path(f"{_FILING}reveal-phone/", history.reveal_phone, name="reveal_phone"),
    path(f"{_FILING}attachments/", attachments.attachment_add, name="attachment_add"),
    path("attachments/<uuid:key>/", attachments.attachment, name="attachment"),
    path("attachments/<uuid:key>/remove/", attachments.attachment_remove, name="attachment_remove"),
    path(f"{_FILING}supplies/", supplies.ledger, name="supplies"),
    path(f"{_FILING}supplies/items/new/", supplies.item_new, name="item_new"),
    path(f"{_FILING}supplies/items/<int:item>/", supplies.item_change, name="item_change"),
    path(f"{_FILING}supplies/entries/new/", supplies.entry_new, name="entry_new"),
    path(
        f"{_FILING}supplies/entries/<int:entry>/reverse/",
        supplies.entry_reverse,
        name="entry_reverse",
    ),
    path(f"{_FILING}supplies/export/", supplies.ledger_export, name="ledger_export"),
    path(f"{_FILING}supplies/import/", supplies.ledger_import, name="ledger_import"),
    path(f"{_FILING}supplies/import/apply/", supplies.ledger_apply, name="ledger_apply"),
    path(f"{_FILING}supplies/template/", supplies.ledger_template, name="ledger_template"),
    path(f"{_FILING}<section:section>/", sections.section, name="section"),
    path(f"{_FILING}<section:section>/save/", sections.field_save, name="field_save"),
    path(f"{_FILING}<section:section>/rows/<str:rows>/add/", sections.row_add, name="row_add"),
    path(
        f"{_FILING}<section:section>/rows/<str:rows>/<str:row>/remove/",
        sections.row_remove,
        name="row_remove",
    ),
]

_ROSTER = f"{_FILING}roster/"

_roster = [
    path(_ROSTER, roster.roster, name="roster"),
    path("roster-template.xlsx", roster.roster_template, name="roster_template"),
    path(f"{_ROSTER}export.xlsx", roster.roster_export, name="roster_export"),
    path(f"{_ROSTER}people/new/", roster.person_new, name="person_new"),
    path(f"{_ROSTER}people/<int:row>/", roster.person_change, name="person_change"),
    path(f"{_ROSTER}people/<int:row>/remove/", roster.person_remove, name="person_remove"),
    path(
        f"{_ROSTER}people/<int:row>/reveal/<str:field>/",
        roster.person_reveal,
        name="person_reveal",
    ),
    path(f"{_ROSTER}import/", roster.roster_import, name="roster_import"),
    path(f"{_ROSTER}imports/<uuid:key>/", roster.roster_import_page, name="roster_import_page"),
    path(
        f"{_ROSTER}imports/<uuid:key>/progress/",
        roster.roster_import_progress,
        name="roster_import_progress",
    ),
    path(
        f"{_ROSTER}imports/<uuid:key>/confirm/",
        roster.roster_import_confirm,
        name="roster_import_confirm",
    ),
    path(
        f"{_ROSTER}imports/<uuid:key>/drop/", roster.roster_import_drop, name="roster_import_drop"
    ),
    path(
        f"{_ROSTER}imports/<uuid:key>/marked.xlsx",
        roster.roster_import_marked,
        name="roster_import_marked",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *_people,
    *_filing,
    *_roster,
    *_desk,
    *_assignment,
    *_text_blocks,
    *_saved_views,
    *_bulk,
]
