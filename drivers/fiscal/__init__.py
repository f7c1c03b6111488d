"""Fiscal TLV: encode, decode, tags, typed documents, findings."""
