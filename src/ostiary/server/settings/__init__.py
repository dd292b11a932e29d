"""How this installation is set up, who may sign in to it, and with what programs do."""
