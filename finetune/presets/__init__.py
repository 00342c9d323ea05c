"""The recipes that ship with Replydesk, one TOML file each."""
