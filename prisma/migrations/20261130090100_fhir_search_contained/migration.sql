-- Chains look into contained resources: each has a row of its own in fhir_search, under the negative number of its type (docs/adr/0066). Resources that
-- contain others are indexed anew, in the background. Until then searches of their types say so.
UPDATE "fhir_resources" SET "search_version" = NULL
WHERE NOT "deleted" AND "search_version" IS NOT NULL AND "content" LIKE '%"contained"%';
