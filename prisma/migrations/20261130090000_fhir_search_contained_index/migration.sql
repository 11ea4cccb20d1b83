-- What is contained in resources is found by the name of the resource it is in. Built beside the work of others; there are no such rows yet.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "fhir_search_contained_idx" ON "fhir_search" ("tenant", "id") WHERE "type" < 0;
