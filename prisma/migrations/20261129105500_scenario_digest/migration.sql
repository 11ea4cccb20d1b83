-- SHA-256 of the answer, hex: what is derived again is compared with it (docs/adr/0051).
ALTER TABLE "scenarios" ADD COLUMN "digest" TEXT NOT NULL DEFAULT '';
