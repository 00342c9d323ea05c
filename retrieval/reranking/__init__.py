"""The best few hits compared with the message once more, if there is time."""
