import { COLUMNS } from './fhir-row.js';

export const READ = `SELECT ${COLUMNS} FROM fhir_resources WHERE tenant = $1 AND type = $2 AND id = $3`;

/** The current version and all before it. */
const VERSIONS = `${READ}
  UNION ALL SELECT ${COLUMNS} FROM fhir_resource_versions WHERE tenant = $1 AND type = $2 AND id = $3`;

export const READ_VERSION = `SELECT * FROM (${VERSIONS}) AS v WHERE version = $4`;
