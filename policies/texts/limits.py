"""How large a file and its text may be."""

MIB = 1024 * 1024
MOST_BYTES = 20 * MIB
MOST_CHARACTERS = 500_000  # 500 printed pages; splitting them takes some seconds
