"""DejaVu Sans Mono, the face of the paper tape; licence in LICENSE.txt."""
