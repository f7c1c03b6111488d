"""What it costs, as ratios against limits measured in the same run. `make bench` prints the table."""
