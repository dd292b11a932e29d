"""Settings as facts, lists and forms. What only the environment sets is shown with its name."""
