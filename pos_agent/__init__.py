"""The register's loyalty daemon and its command line."""
