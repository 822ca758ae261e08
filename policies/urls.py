"""The addresses of policies."""

from django.urls import URLPattern, URLResolver, path

from policies.views import check, library, support, trial

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
    path(
        "policies/texts/<slug:folder>/<int:number>/", library.library_clause, name="library_clause"
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [*_public, *_support]
