"""Questions that stand ready about everybody's access, and a map of it to walk through."""
