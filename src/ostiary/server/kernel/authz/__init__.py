"""Who may do what: one table of roles, enforced in one place."""
