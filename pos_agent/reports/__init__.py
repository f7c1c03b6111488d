"""Figures of a loyalty program over a period (loyalty rules, section 12). Pure: events in, figures out."""
