-- Acts for all patients of a tenant on their way into the patients' logs (docs/adr/0026).
CREATE TABLE "tenant_acts" (
    "tenant" INTEGER NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "record" TEXT NOT NULL,
    "next_twin" BIGINT NOT NULL DEFAULT 0,
    "last_twin" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "tenant_acts_pkey" PRIMARY KEY ("tenant", "id")
);
