"""ATOL registers: low-level protocols 2 and 3, platform 2.5 and older, FFD up to 1.1."""
