"""Data of the demonstration: settings, rules, what the till does."""
