"""Forward-only migrations, one transaction each."""
