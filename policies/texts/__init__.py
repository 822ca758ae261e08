"""Policy texts, split into documents and measures, without Django."""
