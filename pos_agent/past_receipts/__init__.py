"""Where past receipts come from: foreign JSON, the ledger's database, an archive of a fiscal storage. One at a time."""
