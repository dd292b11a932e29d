"""All SQL about grants. Instants are optional everywhere: without one the answer is of now."""

from ostiary.server.access.store.changes import differences as differences
from ostiary.server.access.store.changes import grant_history as grant_history
from ostiary.server.access.store.counts import count_by_type as count_by_type
from ostiary.server.access.store.counts import count_holders as count_holders
from ostiary.server.access.store.explain import explain as explain
from ostiary.server.access.store.explain import explain_with_history as explain_with_history
from ostiary.server.access.store.listing import what_has as what_has
from ostiary.server.access.store.listing import who_has as who_has
