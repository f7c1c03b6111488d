"""What several suites share: real child processes, waiting with deadlines, small receipts."""
