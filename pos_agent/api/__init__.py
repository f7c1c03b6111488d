"""The local HTTP face on the agent's Unix socket."""
