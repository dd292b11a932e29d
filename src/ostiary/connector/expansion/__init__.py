"""Grant expansion: who holds an entitlement through the groups that hold it.

Semantics are those of protocol reference 5.5, made exact where cycles meet filters:

* A principal passes an edge when the edge's filter admits its type. Edges a type cannot pass do
  not exist for it, so cycles are found per set of types that pass the same edges.
* A shallow edge passes only principals that are direct on its source.
* Every member of any entitlement in a cycle of edges that are not shallow is a member of each.
* S is a source of P on D when an edge S→D admits P and P reaches S on a way that does not lead
  through D. Outside cycles that is every edge; in a cycle it keeps two groups from vouching for
  each other's members.
* No group becomes a member of itself.
"""

from ostiary.connector.expansion.expand import Expander as Expander
from ostiary.connector.expansion.expand import ExpansionResult as ExpansionResult
