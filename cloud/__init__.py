"""The ledger endpoint registers sync with, and the owner's back office."""
