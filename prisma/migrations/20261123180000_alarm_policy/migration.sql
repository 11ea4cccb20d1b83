-- Alerts that were kept quiet, and why.
CREATE TABLE "alert_suppressions" (
    "tenant" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "twin" BIGINT NOT NULL,
    "patient" TEXT NOT NULL,
    "episode" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "rule_version" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "by_episode" UUID NOT NULL,
    "effective_at" TIMESTAMPTZ(3) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "alert_suppressions_pkey" PRIMARY KEY ("tenant", "id")
);
CREATE INDEX "alert_suppressions_list_idx" ON "alert_suppressions" ("tenant", "at" DESC, "id");

-- Limits that a tenant set for all its patients. The newest version of a rule counts.
CREATE TABLE "tenant_thresholds" (
    "tenant" INTEGER NOT NULL,
    "rule" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "limits" JSONB NOT NULL,
    "author" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "tenant_thresholds_pkey" PRIMARY KEY ("tenant", "rule", "version")
);
