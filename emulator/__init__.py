"""A fiscal printer without hardware: a stand-in for tills, drivers and demonstrations."""
