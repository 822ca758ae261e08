"""Spreadsheets in and out: workbooks and csv files to plain rows with every error, and back.

Pure Python: nothing of Django but its translations, no database, no settings, no clock. The day
on which a sheet is judged is an argument.
"""
