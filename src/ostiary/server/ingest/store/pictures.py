"""What is in a sync as rows with our ids, beside what is known.

`*_SEEN` gives what was never there before its identity; `NEW_*` is the picture that the sync
draws, with a digest of all that a version says.
"""

from __future__ import annotations

from typing import Final

TYPES_SEEN: Final = """
INSERT INTO resource_types (public_id, feed_id, external_id, created_at)
SELECT s.public_id, :feed, s.external_id, :at
FROM staged_resource_types s
WHERE NOT EXISTS (
    SELECT FROM resource_types t WHERE t.feed_id = :feed AND t.external_id = s.external_id)
"""

NEW_TYPES: Final = """
CREATE TEMP TABLE new_resource_types ON COMMIT DROP AS
SELECT t.id AS resource_type_id, s.display_name, s.description, s.traits,
    md5(ROW(s.display_name, s.description, s.traits)::text)::uuid AS digest
FROM staged_resource_types s
JOIN resource_types t ON t.feed_id = :feed AND t.external_id = s.external_id
"""

RESOURCES_SEEN: Final = """
INSERT INTO resources (public_id, feed_id, resource_type_id, external_id, created_at)
SELECT s.public_id, :feed, t.id, s.external_id, :at
FROM staged_resources s
JOIN resource_types t ON t.feed_id = :feed AND t.external_id = s.type
WHERE NOT EXISTS (
    SELECT FROM resources r WHERE r.resource_type_id = t.id AND r.external_id = s.external_id)
"""

NEW_RESOURCES: Final = """
CREATE TEMP TABLE new_resources ON COMMIT DROP AS
SELECT r.id AS resource_id, r.resource_type_id, p.id AS parent_id, s.display_name, s.description,
    s.status, s.status_details, s.source_created_at, s.login, s.login_aliases, s.emails,
    s.profile, s.traits, s.last_used_at,
    md5(ROW(p.id, s.display_name, s.description, s.status, s.status_details, s.source_created_at,
        s.login, s.login_aliases, s.emails, s.profile, s.traits)::text)::uuid AS digest
FROM staged_resources s
JOIN resource_types t ON t.feed_id = :feed AND t.external_id = s.type
JOIN resources r ON r.resource_type_id = t.id AND r.external_id = s.external_id
LEFT JOIN resource_types pt ON pt.feed_id = :feed AND pt.external_id = s.parent_type
LEFT JOIN resources p ON p.resource_type_id = pt.id AND p.external_id = s.parent
"""

ENTITLEMENTS_SEEN: Final = """
INSERT INTO entitlements (public_id, feed_id, external_id, created_at)
SELECT s.public_id, :feed, s.external_id, :at
FROM staged_entitlements s
WHERE NOT EXISTS (
    SELECT FROM entitlements e WHERE e.feed_id = :feed AND e.external_id = s.external_id)
"""

NEW_ENTITLEMENTS: Final = """
CREATE TEMP TABLE new_entitlements ON COMMIT DROP AS
SELECT e.id AS entitlement_id, e.external_id, r.id AS resource_id, t.id AS resource_type_id,
    s.display_name, s.description, s.slug, s.purpose, s.grantable_to, s.immutable_reason,
    s.immutable_code, s.annotations,
    md5(ROW(r.id, s.display_name, s.description, s.slug, s.purpose, s.grantable_to,
        s.immutable_reason, s.immutable_code, s.annotations)::text)::uuid AS digest
FROM staged_entitlements s
JOIN resource_types t ON t.feed_id = :feed AND t.external_id = s.resource_type
JOIN resources r ON r.resource_type_id = t.id AND r.external_id = s.resource
JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
JOIN entitlements e ON e.feed_id = :feed AND e.external_id = s.external_id
"""
