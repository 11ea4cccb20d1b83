-- Forecasts that are not scored yet, and refusals of models ("content" NULL). "version" is the twin's after the record that made it.
CREATE TABLE "forecasts" (
  "tenant" INTEGER NOT NULL,
  "twin" BIGINT NOT NULL,
  "model" TEXT NOT NULL,
  "code" SMALLINT NOT NULL,
  "version" BIGINT NOT NULL,
  "block" TIMESTAMPTZ(3) NOT NULL,
  "issued_at" TIMESTAMPTZ(3) NOT NULL,
  "recorded_at" TIMESTAMPTZ(3) NOT NULL,
  "content" BYTEA,
  "refusal" TEXT,
  "words" TEXT NOT NULL,
  CONSTRAINT "forecasts_pkey" PRIMARY KEY ("tenant", "twin", "model", "code", "version")
);
-- The prediction ledger: forecasts of one person, model and measure over as long as the longest horizon. "tally" adds up what is scored so far;
-- once nothing can change any more, "content" takes over the forecasts with what they were scored with, and "due_at" is NULL.
CREATE TABLE "forecast_blocks" (
  "tenant" INTEGER NOT NULL,
  "twin" BIGINT NOT NULL,
  "model" TEXT NOT NULL,
  "code" SMALLINT NOT NULL,
  "block" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "due_at" TIMESTAMPTZ(3),
  "forecasts" INTEGER NOT NULL DEFAULT 0,
  "content" BYTEA,
  "tally" BYTEA,
  CONSTRAINT "forecast_blocks_pkey" PRIMARY KEY ("tenant", "twin", "model", "code", "block")
) PARTITION BY RANGE ("block");
CREATE TABLE "forecast_blocks_default" PARTITION OF "forecast_blocks" DEFAULT;
CREATE INDEX "forecast_blocks_due_idx" ON "forecast_blocks" ("due_at") WHERE "due_at" IS NOT NULL;
-- Parameters fitted to a person, as records of the log brought them.
CREATE TABLE "model_parameters" (
  "tenant" INTEGER NOT NULL,
  "twin" BIGINT NOT NULL,
  "model" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "received_at" TIMESTAMPTZ(3) NOT NULL,
  "recorded_at" TIMESTAMPTZ(3) NOT NULL,
  "content" JSONB NOT NULL,
  CONSTRAINT "model_parameters_pkey" PRIMARY KEY ("tenant", "twin", "model", "version")
);
-- What the prediction ledger said of a model for a person and measure; the newest holds. "version" is the twin's after the record.
CREATE TABLE "model_statuses" (
  "tenant" INTEGER NOT NULL,
  "twin" BIGINT NOT NULL,
  "model" TEXT NOT NULL,
  "code" SMALLINT NOT NULL,
  "version" BIGINT NOT NULL,
  "received_at" TIMESTAMPTZ(3) NOT NULL,
  "recorded_at" TIMESTAMPTZ(3) NOT NULL,
  "status" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "skill" DOUBLE PRECISION NOT NULL,
  "n" INTEGER NOT NULL,
  CONSTRAINT "model_statuses_pkey" PRIMARY KEY ("tenant", "twin", "model", "code", "version")
);
