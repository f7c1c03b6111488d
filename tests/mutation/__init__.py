"""`python -m mutation.run` (from tests/): the pricing engine broken a thousand times, each time by one small change."""
