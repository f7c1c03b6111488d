"""Plain data with sources: FFD tags, error texts. The only thing shared with the emulator."""
