"""Who holds what, through what, now and at any instant since the first sync."""
