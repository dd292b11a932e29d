"""People: who they are by what directories say, and which accounts are theirs."""
