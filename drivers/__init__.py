"""Talk to fiscal printers; know nothing of loyalty."""
