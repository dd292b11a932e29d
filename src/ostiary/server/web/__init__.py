"""What all pages share: shell, components, assets, and what keeps pages safe.

Slices own their pages: `<slice>/pages.py` beside its `api.py`, and `<slice>/templates/*.html`.
A page takes `ShellOf`, declares its permission like any route, asks the slice's reads or actions,
builds models of `web.components` and ends in `shell.page("<slice>/<name>.html", title, ...)` or,
for a list, in `web.lists.list_page(...)`. `app.py` has the line that puts its router into PAGES,
and `tests/web/route_table.py` the line that says who gets through. docs/web.md has the rest.
"""
