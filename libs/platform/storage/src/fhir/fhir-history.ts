import type { Pool, PoolClient } from 'pg';
import type { HistoryPage, HistoryRequest, HistoryVersion } from '#libs/fhir-rest';
import { COLUMNS, toStored, type Row } from './fhir-row.js';

/** Maximum bytes of the resources of one page; one resource alone may have more. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

type HistoryRow = Row & { first: boolean | null; patched: boolean | null; total: number | null };

/**
 * Versions from the newest on. Current and earlier versions are read by one statement, which sees a version in one of the two tables;
 * the order is that of places, which never change, so that pages neither miss nor double what was there when the first was read.
 */
export async function readHistory(
  client: Pool | PoolClient,
  tenant: number,
  request: HistoryRequest,
): Promise<HistoryPage> {
  const { of, count, after } = request;
  const isInstance = of.kind === 'instance';
  const { rows } = await client.query<HistoryRow>({
    name: isInstance ? 'fhir-history' : 'fhir-history-types',
    text: isInstance ? INSTANCE : TYPES,
    values: [
      tenant,
      isInstance ? of.type : of.types,
      isInstance ? of.id : (after?.type ?? ''),
      isInstance ? (after?.version ?? MAX_VERSION) : timeOf(after?.lastUpdated ?? FAR),
      count + 1,
      timeOf(request.since),
      timeOf(request.at?.from),
      timeOf(request.at?.to),
      ...(isInstance ? [] : [after?.id ?? '', after?.version ?? 0]),
    ],
  });
  // What is beyond the bytes of a page has no content here.
  const cut = rows.findIndex((row) => row.content === null);
  const shown = rows.slice(0, Math.min(count, cut === -1 ? rows.length : cut));
  return {
    versions: shown.map(toVersion),
    more: rows.length > shown.length,
    ...(isInstance ? { total: rows[0]?.total ?? 0 } : {}),
  };
}

const MAX_VERSION = 2 ** 31 - 1;
/** Later than all versions. */
const FAR = Date.UTC(9999, 0, 1);

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

function toVersion(row: HistoryRow): HistoryVersion {
  return { ...toStored(row), created: row.first === true, ...(row.patched === true ? { isPatch: true } : {}) };
}

const VERSION_COLUMNS = 'tenant, type, id, version, deleted, content, last_updated, patched_version';

/** A version that another one had replaced before the period began was not current in it. */
function wasReplaced(row: string, by: string): string {
  return ['fhir_resources', 'fhir_resource_versions']
    .map(
      (
        table,
      ) => `EXISTS (SELECT FROM ${table} n WHERE n.tenant = ${row}.tenant AND n.type = ${row}.type AND n.id = ${row}.id
        AND n.version = ${row}.version + 1 AND n.last_updated <= ${by})`,
    )
    .join(' OR ');
}

const MATCHES = `($6::timestamptz IS NULL OR v.last_updated >= $6)
    AND ($8::timestamptz IS NULL OR v.last_updated <= $8)
    AND ($7::timestamptz IS NULL OR NOT (${wasReplaced('v', '$7')}))`;

/** The page with its content as far as the bytes go, and whether the version before was none or a deletion. */
function pageSql(order: string, total: string): string {
  return `SELECT ${COLUMNS.replace('content', 'CASE WHEN before < ' + String(MAX_PAGE_BYTES) + ' THEN content END AS content')},
    version = 1 OR EXISTS (SELECT FROM fhir_resource_versions b
      WHERE b.tenant = p.tenant AND b.type = p.type AND b.id = p.id AND b.version = p.version - 1 AND b.deleted) AS first, patched_version = version AS patched,
    ${total} AS total
  FROM (SELECT *, coalesce(sum(octet_length(content)) OVER (ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
      AS before FROM page) AS p
  ORDER BY ${order}`;
}

const INSTANCE = `
WITH v AS (
  SELECT ${VERSION_COLUMNS} FROM fhir_resources WHERE tenant = $1 AND type = $2 AND id = $3
  UNION ALL SELECT ${VERSION_COLUMNS} FROM fhir_resource_versions WHERE tenant = $1 AND type = $2 AND id = $3
), matching AS NOT MATERIALIZED (
  SELECT * FROM v WHERE ${MATCHES}
), page AS (
  SELECT * FROM matching WHERE version < $4 ORDER BY version DESC LIMIT $5
)
${pageSql('version DESC', '(SELECT count(*)::int FROM matching)')}`;

/** Of one type and one table, by its index: what is behind the place, newest first. */
function ofType(table: string): string {
  return `(SELECT ${VERSION_COLUMNS} FROM ${table} v
    WHERE v.tenant = $1 AND v.type = t.type AND v.last_updated <= $4
      AND (v.last_updated, v.type, v.id, v.version) < ($4, $3, $9, $10) AND ${MATCHES}
    ORDER BY v.last_updated DESC, v.id DESC, v.version DESC LIMIT $5)`;
}

const NEWEST_FIRST = 'last_updated DESC, type DESC, id DESC, version DESC';

const TYPES = `
WITH page AS (
  SELECT h.* FROM unnest($2::text[]) AS t (type)
  CROSS JOIN LATERAL (${ofType('fhir_resources')} UNION ALL ${ofType('fhir_resource_versions')}) AS h
  ORDER BY ${NEWEST_FIRST} LIMIT $5
)
${pageSql(NEWEST_FIRST, 'NULL::int')}`;
