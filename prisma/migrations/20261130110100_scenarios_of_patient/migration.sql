-- Scenarios of a patient, newest first. Built beside the work of others.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "scenarios_patient_idx" ON "scenarios" ("tenant", "patient", "created_at", "id");
