"""Papers that the policy app prints."""
