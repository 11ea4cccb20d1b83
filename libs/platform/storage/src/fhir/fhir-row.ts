import type { StoredResource } from '#libs/fhir-rest';

/** A version of a resource as the statements of the FHIR store select it. */
export interface Row {
  type: string;
  id: string;
  version: number;
  deleted: boolean;
  content: string;
  updated_ms: number;
}

export type LookRow = Row & {
  patient: string | null;
  search_key: string | null;
};

export function toStored(row: Row): StoredResource {
  return {
    type: row.type,
    id: row.id,
    version: row.version,
    deleted: row.deleted,
    content: row.content,
    lastUpdated: row.updated_ms,
  };
}

export const COLUMNS = columnsOf();

/** @param row name of fhir_resources in the statement, where there are other tables in it */
export function columnsOf(row?: string): string {
  const of = row === undefined ? '' : `${row}.`;
  const columns = ['type', 'id', 'version', 'deleted', 'content'].map((name) => of + name).join(', ');
  return `${columns}, (extract(epoch FROM ${of}last_updated) * 1000)::float8 AS updated_ms`;
}
