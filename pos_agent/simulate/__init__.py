"""A rule change over past receipts: what it would have cost, who wins and who loses. Pure: values in, values out."""
