"""What pages are made of: small typed models, drawn by the macros in `templates/`."""
