-- Twins whose stored state could not be read: their records wait in deferred_records until the twin is rebuilt, and nobody else waits.
CREATE TABLE "quarantined_twins" (
  "tenant" INTEGER NOT NULL,
  "patient" TEXT NOT NULL,
  "twin" BIGINT NOT NULL,
  "reason" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("tenant", "patient")
);
