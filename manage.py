#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys

#: These judge facts by the files of a pack: no database, no secret, and so no settings either.
WITHOUT_SETTINGS = {"match_facts", "check_pack"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiaozuo_portal.settings")
    if WITHOUT_SETTINGS.intersection(sys.argv[1:2]):
        from jiaozuo_portal.environment import stand_ins

        for name, value in stand_ins().items():
            os.environ.setdefault(name, value)

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
