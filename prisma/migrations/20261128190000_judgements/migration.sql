-- How the signal checks judged a value when it was stored, null where that is as it was sent (docs/adr/0024).
ALTER TABLE "measurements" ADD COLUMN "judged_quality" SMALLINT;
ALTER TABLE "measurements" ADD COLUMN "judged_reasons" TEXT[];
-- How stored values were judged later, because something before them came late or changed. The newest counts.
CREATE TABLE "measurement_judgements" (
    "tenant" INTEGER NOT NULL,
    "twin" BIGINT NOT NULL,
    "code" SMALLINT NOT NULL,
    "effective_at" TIMESTAMPTZ(3) NOT NULL,
    "identity" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "quality" SMALLINT NOT NULL,
    "reasons" TEXT[],
    CONSTRAINT "measurement_judgements_pkey" PRIMARY KEY ("tenant", "twin", "code", "effective_at", "identity", "version", "recorded_at")
);
