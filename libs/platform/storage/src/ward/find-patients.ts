import type { Pool } from 'pg';
import { fold } from '#libs/fhir-search';
import { escapeLike } from '../search/conditions/compile-ranges.js';
import { Parameters } from '../search/statement.js';
import { parameterNumber } from '../search-index/hash-keys.js';
import { typeCode } from '../search-index/search-scheme.js';
import { IS_PRESENT } from './patient-labels.js';

const MAX_WORDS = 8;
const PATIENT = typeCode('Patient');
const NAME = parameterNumber('name');

/**
 * Ids of the patients who are present and of whom each word of the text begins a word of their name, of an identifier, or the FHIR id; without
 * regard to case and accents. By id; `after` is the last one of the page before.
 *
 * @param search undefined: all
 */
export async function findPatients(
  pool: Pool,
  tenant: number,
  search: string | undefined,
  limit: number,
  after?: string,
): Promise<readonly string[]> {
  const parameters = new Parameters();
  const of = parameters.add(tenant, 'int');
  const words = search === undefined ? [] : fold(search).split(' ').slice(0, MAX_WORDS);
  const found = words.map((word) => {
    const start = parameters.add(`${escapeLike(word)}%`, 'text');
    const later = [' ', '-'].map((before) => parameters.add(`%${before}${escapeLike(word)}%`, 'text'));
    const begins = (text: string): string =>
      `(${[start, ...later].map((like) => `${text} LIKE ${like}`).join(' OR ')})`;
    return ` AND (lower(t.patient) LIKE ${start}
      OR t.patient IN (SELECT s.id FROM fhir_search_values v JOIN fhir_search s ON s.tenant = v.tenant AND s.type = v.type AND s.seq = v.seq
        WHERE v.tenant = ${of} AND v.type = ${PATIENT} AND v.parameter = ${NAME} AND v.text IS NOT NULL AND ${begins('v.text')})
      OR t.patient IN (SELECT i.id FROM fhir_identifiers i WHERE i.tenant = ${of} AND i.type = 'Patient' AND ${begins('lower(i.value)')}))`;
  });
  const { rows } = await pool.query<{ patient: string }>(
    `SELECT t.patient FROM twins t WHERE t.tenant = ${of} AND t.type = 'system' AND t.patient > ${parameters.add(after ?? '', 'text')}
      AND ${IS_PRESENT}${found.join('')} ORDER BY t.patient LIMIT ${parameters.add(limit, 'int')}`,
    parameters.values,
  );
  return rows.map(({ patient }) => patient);
}
