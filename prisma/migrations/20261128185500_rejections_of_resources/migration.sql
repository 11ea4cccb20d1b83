-- What came as FHIR and was stored but not measured is listed with the other rejections, by resource and patient.
ALTER TABLE "rejections" ADD COLUMN "patient" TEXT, ADD COLUMN "resource" TEXT;
CREATE INDEX "rejections_resource_idx" ON "rejections" ("tenant", "resource") WHERE "resource" IS NOT NULL;
CREATE INDEX "rejections_patient_idx" ON "rejections" ("tenant", "patient", "id") WHERE "patient" IS NOT NULL;
