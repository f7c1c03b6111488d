"""The face of KkmServer: `POST /Execute` as tills that know it speak it (`kkmserver.md`)."""
