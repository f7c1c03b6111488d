"""Shtrih-M front end of the emulated device, written from the vendor's description."""
