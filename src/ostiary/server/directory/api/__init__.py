"""Routes of the directory: users, directories, owners of accounts, trusted domains."""
