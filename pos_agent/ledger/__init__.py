"""Fold of events into balances, lots, levels, hash chain, audit. Pure."""
