-- What a tenant's administrators set; absent: as the process is configured.
CREATE TABLE "tenant_settings" (
    "tenant" INTEGER NOT NULL,
    "validation_mode" TEXT,
    "author" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "tenant_settings_pkey" PRIMARY KEY ("tenant")
);
