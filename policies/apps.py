"""The app of policies: documents, their clauses, and the measures an enterprise can use."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "policies"
    verbose_name = _("惠企政策")

    def ready(self) -> None:
        """Put the measures into the boards of the city and its districts, with their lists."""
        from filings.public import add_board_lists, add_picture_part
        from policies.queries.picture import GRANTED, USABLE, measures_by_district

        add_picture_part("measures", measures_by_district)
        add_board_lists("measure", USABLE)
        add_board_lists("granted", GRANTED)
