-- Whether a delivery that its endpoint has taken is a Communication of /fhir/r4 yet (docs/adr/0044). The default is evaluated once for
-- the rows that are there: the table is not rewritten, and deliveries of the time before become Communications in small steps.
ALTER TABLE "deliveries" ADD COLUMN "communicated" BOOLEAN NOT NULL DEFAULT false;

-- The Communications of an alert, and with them their Provenances, which have the same ids: they are removed with the alert.
CREATE TABLE "alert_communications" (
  "tenant" INTEGER NOT NULL,
  "alert" UUID NOT NULL,
  "id" UUID NOT NULL,
  CONSTRAINT "alert_communications_pkey" PRIMARY KEY ("tenant", "alert", "id")
);
