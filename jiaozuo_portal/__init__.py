"""The portal's frame: settings, addresses, base library and outbox."""

from jiaozuo_portal.celery import app as celery_app

__all__ = ["celery_app"]
