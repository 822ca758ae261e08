"""The base library: one purpose a module, and no knowledge of any app."""
