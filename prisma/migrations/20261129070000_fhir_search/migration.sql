-- What search needs of the current version of each resource (docs/adr/0039). Software before this writes resources without it: their rows
-- are found by search_version and indexed later.
ALTER TABLE "fhir_resources" ADD COLUMN "search_key" BIGINT, ADD COLUMN "search_version" INTEGER;

-- One row for each resource. keys: hashes of all that is compared for equality; present and many: a bit for each parameter of the type.
-- Times are ms since 1970.
CREATE TABLE "fhir_search" (
  "tenant" INTEGER NOT NULL,
  "type" SMALLINT NOT NULL,
  "seq" BIGINT NOT NULL,
  "scheme" SMALLINT NOT NULL,
  "id" TEXT NOT NULL,
  "self" BIGINT NOT NULL,
  "updated" BIGINT NOT NULL,
  "patient" BIGINT,
  "date_from" BIGINT NOT NULL,
  "date_to" BIGINT NOT NULL,
  "present" BIGINT NOT NULL,
  "many" BIGINT NOT NULL,
  "keys" BIGINT[],
  CONSTRAINT "fhir_search_pkey" PRIMARY KEY ("tenant", "type", "seq")
);
ALTER TABLE "fhir_search" ALTER COLUMN "keys" SET STATISTICS 300;
CREATE INDEX "fhir_search_updated_idx" ON "fhir_search" ("tenant", "type", "updated", "seq");
CREATE INDEX "fhir_search_from_idx" ON "fhir_search" ("tenant", "type", "date_from", "seq");
CREATE INDEX "fhir_search_to_idx" ON "fhir_search" ("tenant", "type", "date_to");
CREATE INDEX "fhir_search_patient_idx" ON "fhir_search" ("tenant", "patient", "type", "date_from", "seq");
-- A short list of what is not sorted in yet: whoever fills it sorts it in, and every search reads it.
CREATE INDEX "fhir_search_keys_idx" ON "fhir_search" USING GIN ("keys") WITH (gin_pending_list_limit = 512);

-- What is compared by range or by its beginning, and the groups of composite parameters.
CREATE TABLE "fhir_search_values" (
  "tenant" INTEGER NOT NULL,
  "type" SMALLINT NOT NULL,
  "seq" BIGINT NOT NULL,
  "position" SMALLINT NOT NULL,
  "parameter" INTEGER NOT NULL,
  "composed" SMALLINT,
  "text" TEXT COLLATE "C",
  "unit" BIGINT,
  "low" DOUBLE PRECISION,
  "high" DOUBLE PRECISION,
  "sent_low" DOUBLE PRECISION,
  "sent_high" DOUBLE PRECISION,
  "keys" BIGINT[],
  CONSTRAINT "fhir_search_values_pkey" PRIMARY KEY ("tenant", "type", "seq", "position")
);
CREATE INDEX "fhir_search_values_text_idx" ON "fhir_search_values" ("tenant", "type", "parameter", "text") WHERE "text" IS NOT NULL;
CREATE INDEX "fhir_search_values_low_idx" ON "fhir_search_values" ("tenant", "type", "parameter", "unit", "low") WHERE "low" IS NOT NULL;

-- Texts that many resources share (displays of codes, uris): found by their beginning, they lead to a key.
CREATE TABLE "fhir_search_texts" (
  "tenant" INTEGER NOT NULL,
  "type" SMALLINT NOT NULL,
  "parameter" INTEGER NOT NULL,
  "text" TEXT COLLATE "C" NOT NULL,
  "key" BIGINT NOT NULL,
  CONSTRAINT "fhir_search_texts_pkey" PRIMARY KEY ("tenant", "type", "parameter", "text")
);
