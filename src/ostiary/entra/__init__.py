"""The Microsoft Entra ID connector."""
