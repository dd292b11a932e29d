"""Mail: written down with the change that causes it, delivered afterwards."""
