-- The person behind an act, and the answers that a repeated request is given again.
ALTER TABLE "audit" ADD COLUMN "on_behalf_of" TEXT;

CREATE TABLE "idempotency_keys" (
  "tenant" INTEGER NOT NULL,
  "client" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "request_hash" TEXT NOT NULL,
  "answer" TEXT,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("tenant", "client", "key")
);
CREATE INDEX "idempotency_keys_at_idx" ON "idempotency_keys" ("at");

-- How long each part of the system has been running without a break, so that its own outages are not taken for silent devices.
CREATE TABLE "heartbeats" (
  "component" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "down_from" TIMESTAMPTZ(3),
  CONSTRAINT "heartbeats_pkey" PRIMARY KEY ("component")
);
