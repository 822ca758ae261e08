"""Settings of the processes that a test starts: the portal's own, and the tests' mail server."""

from jiaozuo_portal.settings import *  # noqa: F403

EMAIL_BACKEND = "tests.mailbox.Mailbox"
# The mailbox answers at once. Twelve times this long a mail is its sender's own (filings.tasks).
EMAIL_TIMEOUT = 1
