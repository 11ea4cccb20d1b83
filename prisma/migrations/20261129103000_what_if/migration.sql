-- What a scenario follows from (docs/adr/0051): it is computed again, not stored.
CREATE TABLE "scenarios" (
  "tenant" INTEGER NOT NULL,
  "id" UUID NOT NULL,
  "patient" TEXT NOT NULL,
  "plan" TEXT NOT NULL,
  "model_version" TEXT NOT NULL,
  "parameters_version" INTEGER NOT NULL,
  "client" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "scenarios_pkey" PRIMARY KEY ("tenant", "id")
);
CREATE INDEX "scenarios_created_idx" ON "scenarios" ("tenant", "created_at");

-- Work of models that is asked for later: fits and batches of scenarios. request is emptied when it is done.
CREATE TABLE "model_jobs" (
  "tenant" INTEGER NOT NULL,
  "id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "client" TEXT NOT NULL,
  "patient" TEXT NOT NULL DEFAULT '',
  "request" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "lease_until" TIMESTAMPTZ(3),
  "answer" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "finished_at" TIMESTAMPTZ(3),
  CONSTRAINT "model_jobs_pkey" PRIMARY KEY ("tenant", "id")
);
CREATE INDEX "model_jobs_due_idx" ON "model_jobs" ("tenant", "created_at") WHERE "finished_at" IS NULL;
CREATE INDEX "model_jobs_done_idx" ON "model_jobs" ("tenant", "finished_at") WHERE "finished_at" IS NOT NULL;
CREATE INDEX "model_jobs_patient_idx" ON "model_jobs" ("tenant", "patient", "kind", "created_at") WHERE "patient" <> '';

-- Therapy settings that people set, version by version. A version is never changed but for the time at which the next one replaced it.
CREATE TABLE "therapies" (
  "tenant" INTEGER NOT NULL,
  "twin" BIGINT NOT NULL,
  "version" INTEGER NOT NULL,
  "settings" JSONB NOT NULL,
  "author" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(3),
  "recorded_at" TIMESTAMPTZ(3) NOT NULL,
  "superseded_at" TIMESTAMPTZ(3),
  CONSTRAINT "therapies_pkey" PRIMARY KEY ("tenant", "twin", "version")
);

-- Proposals and what people decided (docs/adr/0052). proposal is as it was made and never changed.
CREATE TABLE "proposals" (
  "tenant" INTEGER NOT NULL,
  "id" UUID NOT NULL,
  "patient" TEXT NOT NULL,
  "proposal" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "decision" TEXT,
  "decided_at" TIMESTAMPTZ(3),
  CONSTRAINT "proposals_pkey" PRIMARY KEY ("tenant", "id")
);
CREATE INDEX "proposals_created_idx" ON "proposals" ("tenant", "created_at");
