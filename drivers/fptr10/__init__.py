"""ATOL registers through the vendor's installed driver (libfptr10): the only way to platform 5 and to FFD 1.2."""
