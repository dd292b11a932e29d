"""Open identity governance for Microsoft Entra ID."""
