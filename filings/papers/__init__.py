"""Papers that the portal prints: plain facts in, PDF out; no Django."""
