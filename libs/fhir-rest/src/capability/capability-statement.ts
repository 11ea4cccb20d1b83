import { RESOURCE_TYPES } from '#libs/domain/fhir';
import { searchParameters, type SearchParameter } from '#libs/fhir-search';
import { SERVED } from './served.js';

export interface CapabilityOptions {
  readonly baseUrl: string;
  /** When this server was started, ISO 8601. */
  readonly date: string;
  /** Largest request. */
  readonly limits: { readonly entries: number; readonly bytes: number };
  /** `CapabilityStatement.rest.security`. */
  readonly security: object;
}

/** What this server can do (FHIR R4 http.html#capabilities): made from what is served and from the search parameters that are compiled. */
export function capabilityStatement({ baseUrl, date, limits, security }: CapabilityOptions): object {
  const referring = referringParameters();
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'Homeostat' },
    implementation: { description: 'Homeostat EHR gateway. Research software, not a medical device.', url: baseUrl },
    fhirVersion: '4.0.1',
    format: SERVED.formats,
    patchFormat: SERVED.patchFormats,
    rest: [
      {
        mode: 'server',
        documentation:
          `Transactions are atomic. A bundle may have ${limits.entries} entries and ${mebibytes(limits.bytes)} MiB; ` +
          'more is answered by 413. Chained parameters are also compared inside contained resources; no search finds those by themselves, and _has does not look into them. ' +
          'References to Patients must lead to one that is stored, or that the same transaction makes. Of operations a bundle may have GET Patient/{id}/$everything and GET Observation/$lastn.',
        security,
        resource: RESOURCE_TYPES.map((type) => ({
          type,
          ...(SERVED.made[type] === undefined ? {} : { documentation: SERVED.made[type] }),
          interaction: SERVED.interactions.map((code) => ({ code })),
          versioning: 'versioned-update',
          readHistory: true,
          updateCreate: true,
          conditionalCreate: true,
          conditionalRead: 'full-support',
          conditionalUpdate: true,
          conditionalDelete: 'single',
          referencePolicy: ['literal', 'logical', 'local'],
          ...listed(
            'searchInclude',
            references(type).map(({ code }) => `${type}:${code}`),
          ),
          ...listed('searchRevInclude', referring.get(type) ?? []),
          searchParam: [...searchParameters(type).values()].map(({ code, type: kind, definition }) => ({
            name: code,
            definition,
            type: kind,
          })),
          operation: [...(SERVED.operations['*'] ?? []), ...(SERVED.operations[type] ?? [])],
        })),
        interaction: SERVED.systemInteractions.map((code) => ({ code })),
        compartment: SERVED.compartments,
      },
    ],
  };
}

/** FHIR has no empty arrays. */
function listed(name: string, list: readonly string[]): object {
  return list.length === 0 ? {} : { [name]: list };
}

function references(type: string): readonly SearchParameter[] {
  return [...searchParameters(type).values()].filter((parameter) => parameter.type === 'reference');
}

/** Type → `Source:parameter` of all parameters that may refer to it. */
function referringParameters(): ReadonlyMap<string, readonly string[]> {
  const referring = new Map<string, string[]>();
  for (const source of RESOURCE_TYPES) {
    for (const { code, targets } of references(source)) {
      for (const target of targets ?? RESOURCE_TYPES) {
        const known = referring.get(target);
        if (known === undefined) referring.set(target, [`${source}:${code}`]);
        else known.push(`${source}:${code}`);
      }
    }
  }
  return referring;
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / (1024 * 1024));
}
