-- For the history of types, newest first. Built beside the work of others, statement by statement.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "fhir_resources_updated_idx" ON "fhir_resources" ("tenant", "type", "last_updated", "id", "version");
CREATE INDEX CONCURRENTLY IF NOT EXISTS "fhir_resource_versions_updated_idx" ON "fhir_resource_versions" ("tenant", "type", "last_updated", "id", "version");
