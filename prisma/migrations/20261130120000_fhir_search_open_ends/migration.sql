-- A stored quantity `> 10` or `< 10` is a range without its end: resources with comparators are indexed anew, in the background. Until then searches of
-- their types say so.
UPDATE "fhir_resources" SET "search_version" = NULL
WHERE NOT "deleted" AND "search_version" IS NOT NULL AND "content" LIKE '%"comparator"%';
