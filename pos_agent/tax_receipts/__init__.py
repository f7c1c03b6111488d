"""Receipts as the tax service's app and its followers write them in JSON -> the model's receipts, or a refusal."""
