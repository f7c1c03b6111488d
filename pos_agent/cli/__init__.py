"""Command line: one short file per subcommand, mounted in `main`."""
