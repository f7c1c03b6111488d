"""Plain second implementations, written from the specification and not from the product. Slow and obvious."""
