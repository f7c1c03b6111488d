"""Sync with the cloud: the ledger goes up by cursor, rules come down. Nothing on the way of a sale waits for it."""
