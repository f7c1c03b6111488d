"""Receipt, customer, ledger events: frozen dataclasses in the field's words. Pure."""
