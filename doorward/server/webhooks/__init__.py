"""How the server sends what webhooks are to be sent."""
