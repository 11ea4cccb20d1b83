-- When a version was replaced, so that it can be kept for a time from then on. Versions that were replaced before count from now.
-- The default is evaluated once for the rows that are there: the table is not rewritten.
ALTER TABLE "fhir_resource_versions" ADD COLUMN "superseded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
