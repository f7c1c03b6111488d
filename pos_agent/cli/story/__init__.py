"""The demonstration: what happens in it, in order, and its data: settings, rules, baskets, what the till does."""
