-- The version that a patch made, where one did: histories say PATCH of it. Of another number than the row's version it says nothing, so
-- that software before this column, which leaves it as it is, does no harm.
ALTER TABLE "fhir_resources" ADD COLUMN "patched_version" INTEGER;
ALTER TABLE "fhir_resource_versions" ADD COLUMN "patched_version" INTEGER;
