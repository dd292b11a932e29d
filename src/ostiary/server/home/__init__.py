"""The first page: what needs attention, what comes next, and how much there is."""
