-- Bundles whose client asked for the answer later (Prefer: respond-async). request is emptied and answer written in the transaction of
-- the effect; an attempt that another one followed changes nothing.
CREATE TABLE "fhir_bundle_jobs" (
  "tenant" INTEGER NOT NULL,
  "id" UUID NOT NULL,
  "client" TEXT NOT NULL,
  "request" TEXT NOT NULL,
  "context" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "lease_until" TIMESTAMPTZ(3),
  "answer" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "finished_at" TIMESTAMPTZ(3),
  CONSTRAINT "fhir_bundle_jobs_pkey" PRIMARY KEY ("tenant", "id")
);
CREATE INDEX "fhir_bundle_jobs_due_idx" ON "fhir_bundle_jobs" ("tenant", "created_at") WHERE "finished_at" IS NULL;
CREATE INDEX "fhir_bundle_jobs_done_idx" ON "fhir_bundle_jobs" ("tenant", "finished_at") WHERE "finished_at" IS NOT NULL;
