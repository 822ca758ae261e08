"""The portal's own settings, with the floor's pages beside its own."""

from jiaozuo_portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.floor"
