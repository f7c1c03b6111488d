"""An ATOL front end: link layer 2, transport 3 and the commands over the same device as the other front ends."""
