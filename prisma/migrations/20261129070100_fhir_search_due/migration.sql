-- Resources whose current version is not indexed: all of them at first, none when the job has done its work.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "fhir_resources_search_due_idx" ON "fhir_resources" ("tenant", "type", "id") WHERE search_version IS DISTINCT FROM version;
