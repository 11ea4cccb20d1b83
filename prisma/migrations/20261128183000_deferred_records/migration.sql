-- Records of patients with a backlog, in the order of the log, until the backlog lane has applied them (docs/adr/0025).
CREATE TABLE "deferred_records" (
    "tenant" INTEGER NOT NULL,
    "patient" TEXT NOT NULL,
    "offset" BIGINT NOT NULL,
    "partition" INTEGER NOT NULL,
    "value" TEXT NOT NULL,
    "deferred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "deferred_records_pkey" PRIMARY KEY ("tenant", "patient", "offset")
);
-- They stay for seconds: compressing them costs more than it saves.
ALTER TABLE "deferred_records" ALTER COLUMN "value" SET STORAGE EXTERNAL;
CREATE INDEX "deferred_records_partition_idx" ON "deferred_records" ("partition", "tenant", "patient");
