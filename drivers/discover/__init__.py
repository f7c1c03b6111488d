"""Which printer is on which port, and what a real device answers to what the documents leave open."""
