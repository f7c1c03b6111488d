"""One thread owns one fiscal printer: watch it, read documents, print slips."""
