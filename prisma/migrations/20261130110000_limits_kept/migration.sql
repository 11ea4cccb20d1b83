-- Limits that stayed when others of their rule were set, with whose they are; the act that set the row (docs/adr/0064).
ALTER TABLE "thresholds" ADD COLUMN "kept" JSONB, ADD COLUMN "act" UUID;
