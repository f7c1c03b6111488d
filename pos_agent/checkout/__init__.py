"""From a registered document to ledger events and a slip."""
