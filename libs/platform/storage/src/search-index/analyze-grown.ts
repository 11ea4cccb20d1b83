import type { Pool } from 'pg';

/** Tables that searches and conditions read; all that a request writes of a resource is in them. */
const TABLES = ['fhir_resources', 'fhir_search', 'fhir_search_values', 'fhir_search_texts'];
/** Rows written since the last ANALYZE; below it any plan is good enough. */
const MIN_ROWS = 500;

/**
 * Of the default, 100, for a tenth of the work (300 rows are sampled for each of it): how large the table is, and roughly what is in it. In its time
 * autovacuum looks closer.
 */
const TARGET = 10;

const GROWN = `
SELECT relname AS name FROM pg_stat_user_tables
WHERE relid = ANY ($1::regclass[]) AND n_mod_since_analyze >= $2 AND n_mod_since_analyze > n_live_tup / 2`;

/**
 * Refreshes the planner's statistics of tables of which half is new since they were last refreshed. Autovacuum looks once a minute: an import
 * into a new database would be planned for empty tables that long, and read all of them for each statement.
 * @returns the tables
 */
export async function analyzeGrown(pool: Pick<Pool, 'query'>): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>({
    name: 'fhir-grown-tables',
    text: GROWN,
    values: [TABLES, MIN_ROWS],
  });
  for (const { name } of rows) {
    await pool.query(`BEGIN; SET LOCAL default_statistics_target = ${TARGET}; ANALYZE (SKIP_LOCKED) "${name}"; COMMIT`);
  }
  return rows.map(({ name }) => name);
}
