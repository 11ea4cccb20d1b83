-- Identifiers are found by their type, too: resources with such identifiers are indexed anew, in the background. Until then searches of their types say so.
UPDATE "fhir_resources" SET "search_version" = NULL
WHERE NOT "deleted" AND "search_version" IS NOT NULL AND "content" LIKE '%"identifier"%' AND "content" LIKE '%"type"%';
