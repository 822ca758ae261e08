"""Static files under names that change with their content, so that browsers may keep them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our ES modules; without it an old module could meet a
    new one after a release.
    """

    support_js_module_import_aggregation = True
