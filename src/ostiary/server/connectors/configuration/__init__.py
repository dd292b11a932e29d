"""The settings of hosted connectors: named, checked, tried out and kept."""
