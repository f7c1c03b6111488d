"""Shtrih-M: link (sans-I/O), declared commands, printer."""
