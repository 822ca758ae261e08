"""The table of work to be done: written with the change, handed to Celery by the relay."""
