"""The addresses of policies."""

from django.urls import URLPattern, URLResolver, path

from policies.api import pages
from policies.api.endpoints import api
from policies.views import (
    announced,
    application_files,
    applications,
    check,
    clause_editor,
    coverage,
    draft_items,
    library,
    lists,
    packs,
    support,
    text_clauses,
    text_rules,
    texts,
    tokens,
    trial,
)

_support = [
    path("support/", support.support_home, name="support_home"),
    path("filings/<int:pk>/support/", support.support, name="support"),
    path("filings/<int:pk>/support/answer/", support.support_answer, name="support_answer"),
    path("filings/<int:pk>/support/what-if/", trial.support_what_if, name="support_what_if"),
    path("filings/<int:pk>/support/put-off/", support.support_put_off, name="support_put_off"),
    path("filings/<int:pk>/support/answers/", support.support_answers, name="support_answers"),
    path(
        "filings/<int:pk>/support/answers/<int:answer>/withdraw/",
        support.support_withdraw,
        name="support_withdraw",
    ),
    path("filings/<int:pk>/support/summary/", support.support_summary, name="support_summary"),
    path(
        "filings/<int:pk>/support/<str:measure>/", support.support_measure, name="support_measure"
    ),
]

_public = [
    path("policies/", library.library, name="library"),
    path("policies/check/", check.check, name="check"),
    path("policies/texts/<slug:folder>/", library.library_document, name="library_document"),
    path("policies/texts/<slug:folder>/file/", library.library_file, name="library_file"),
    path(
        "policies/texts/<slug:folder>/<int:number>/", library.library_clause, name="library_clause"
    ),
]

_coverage = [
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/<slug:kind>/", coverage.coverage_export, name="coverage_export"),
]

_packs = [
    path("packs/", packs.packs, name="policy_packs"),
    path("packs/rematch/", packs.rematch_state, name="policy_rematch"),
    path("packs/<int:pk>/draft/", packs.draft_new, name="policy_draft_new"),
    path("packs/<int:pk>/withdraw/", packs.version_withdraw, name="policy_withdraw"),
    path("packs/<int:pk>/restore/", packs.version_restore, name="policy_restore"),
    path("packs/drafts/<int:pk>/", packs.draft, name="policy_draft"),
    path("packs/drafts/<int:pk>/preview/", packs.draft_preview, name="policy_draft_preview"),
    path("packs/drafts/<int:pk>/ask/", packs.draft_ask, name="policy_draft_ask"),
    path("packs/drafts/<int:pk>/publish/", packs.draft_publish, name="policy_draft_publish"),
    path("packs/drafts/<int:pk>/end/", packs.draft_end, name="policy_draft_end"),
    path("packs/drafts/<int:pk>/new/", draft_items.clause_new, name="policy_clause_new"),
    path(
        "packs/drafts/<int:pk>/documents/new/",
        draft_items.document_new,
        name="policy_document_new",
    ),
    path(
        "packs/drafts/<int:pk>/items/<str:measure>/new/",
        draft_items.item_new,
        name="policy_item_new",
    ),
    path(
        "packs/drafts/<int:pk>/items/<str:measure>/remove/",
        draft_items.item_remove,
        name="policy_item_remove",
    ),
    path("packs/drafts/<int:pk>/items/<str:measure>/", clause_editor.clause, name="policy_clause"),
]

_applications = [
    path("applications/", applications.applications, name="applications"),
    path("applications/desk/", applications.applications_desk, name="applications_desk"),
    path("applications/<int:pk>/", applications.application, name="application"),
    path("applications/<int:pk>/paper/", applications.application_paper, name="application_paper"),
    path("applications/<int:pk>/sheet/", applications.application_sheet, name="application_sheet"),
    path(
        "applications/<int:pk>/files/",
        application_files.application_file_add,
        name="application_file_add",
    ),
    path(
        "applications/files/<uuid:key>/",
        application_files.application_file,
        name="application_file",
    ),
    path(
        "applications/files/<uuid:key>/remove/",
        application_files.application_file_remove,
        name="application_file_remove",
    ),
    path(
        "applications/<int:pk>/<slug:move>/", applications.application_move, name="application_move"
    ),
    path(
        "filings/<int:pk>/support/<str:measure>/apply/",
        applications.application_prepare,
        name="application_prepare",
    ),
]

_api: list[URLPattern | URLResolver] = [
    path("api/", pages.api_reference, name="api_reference"),
    path("api/tokens/", tokens.api_tokens, name="api_tokens"),
    path("api/tokens/<int:token>/revoke/", tokens.api_token_revoke, name="api_token_revoke"),
    path("api/v1/", api.urls),
]

_kept = [
    path("lists/", lists.official_lists, name="official_lists"),
    path("lists/<slug:fact>/", lists.official_list, name="official_list"),
    path("lists/<slug:fact>/entry/", lists.official_list_entry, name="official_list_entry"),
    path(
        "lists/<slug:fact>/entries/<int:line>/take-off/",
        lists.official_list_take_off,
        name="official_list_take_off",
    ),
    path(
        "lists/<slug:fact>/complete/", lists.official_list_complete, name="official_list_complete"
    ),
    path("lists/<slug:fact>/keeper/", lists.official_list_keeper, name="official_list_keeper"),
    path("lists/<slug:fact>/import/", lists.official_list_import, name="official_list_import"),
    path(
        "lists/<slug:fact>/template/", lists.official_list_template, name="official_list_template"
    ),
    path("lists/<slug:fact>/export/", lists.official_list_export, name="official_list_export"),
    path("announced/", announced.announced, name="announced"),
    path("announced/<slug:fact>/", announced.announced_add, name="announced_add"),
    path(
        "announced/<int:announced>/take-back/",
        announced.announced_take_back,
        name="announced_take_back",
    ),
]

_texts = [
    path("texts/", texts.official_texts, name="official_texts"),
    path("texts/new/", texts.official_text_new, name="official_text_new"),
    path("texts/<int:pk>/", texts.official_text, name="official_text"),
    path("texts/<int:pk>/about/", texts.official_text_about, name="official_text_about"),
    path("texts/<int:pk>/file/", texts.official_text_file, name="official_text_file"),
    path("texts/<int:pk>/accept/", texts.official_text_accept, name="official_text_accept"),
    path("texts/<int:pk>/withdraw/", texts.official_text_withdraw, name="official_text_withdraw"),
    path("texts/<int:pk>/reopen/", texts.official_text_reopen, name="official_text_reopen"),
    path("texts/<int:pk>/parallel/", texts.official_text_parallel, name="official_text_parallel"),
    path(
        "texts/<int:pk>/compare/<int:other>/",
        texts.official_text_compare,
        name="official_text_compare",
    ),
    path(
        "texts/<int:pk>/clauses/new/",
        text_clauses.official_text_clause_new,
        name="official_text_clause_new",
    ),
    path(
        "texts/<int:pk>/clauses/<int:line>/",
        text_clauses.official_text_clause,
        name="official_text_clause",
    ),
    path(
        "texts/<int:pk>/clauses/<int:line>/split/",
        text_clauses.official_text_clause_split,
        name="official_text_clause_split",
    ),
    path(
        "texts/<int:pk>/clauses/<int:line>/merge/",
        text_clauses.official_text_clause_merge,
        name="official_text_clause_merge",
    ),
    path(
        "texts/<int:pk>/clauses/<int:line>/drop/",
        text_clauses.official_text_clause_drop,
        name="official_text_clause_drop",
    ),
    path(
        "texts/<int:pk>/clauses/<int:line>/rules/",
        text_rules.official_text_clause_rules,
        name="official_text_clause_rules",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *_public,
    *_api,
    *_applications,
    *_packs,
    *_coverage,
    *_kept,
    *_texts,
    *_support,
]
