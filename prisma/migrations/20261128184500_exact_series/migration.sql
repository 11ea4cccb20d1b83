-- What is judged is what is stored: values of a series, and its period, that single precision would cut are kept whole beside it.
-- NULL (and in every row written before): "series" and "period_ms" hold all digits. Adds columns only, no row is rewritten.
ALTER TABLE "measurements" ADD COLUMN "series_exact" DOUBLE PRECISION[];
ALTER TABLE "measurements" ADD COLUMN "period_exact" DOUBLE PRECISION;
