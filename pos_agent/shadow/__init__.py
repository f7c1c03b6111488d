"""Rules that price beside the live ones and decide nothing: after a sale is answered, only the difference is kept."""
