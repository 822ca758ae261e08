"""The programming interface, version 1: read only, by key, under the access rules of the pages."""
