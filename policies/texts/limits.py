"""How large a file and its text may be."""

MIB = 1024 * 1024
MOST_BYTES = 20 * MIB
MOST_CHARACTERS = 2_000_000  # a thousand printed pages
