import { isJsonObject, type JsonObject } from '#libs/domain/fhir';
import type { Findings } from '../findings.js';
import type { Frame } from './frame.js';

/** What a contained resource must not have (dom-2, dom-4, dom-5). */
export function checkContained(resource: JsonObject, findings: Findings): void {
  if ('contained' in resource) {
    findings.add('rule', 'invariant', 'a contained resource must not contain others (dom-2)', 'contained');
  }
  const meta = resource['meta'];
  if (!isJsonObject(meta)) return;
  for (const name of ['versionId', 'lastUpdated']) {
    if (name in meta)
      findings.add('rule', 'invariant', 'must not stand in a contained resource (dom-4)', `meta.${name}`);
  }
  if ('security' in meta) {
    findings.add('rule', 'invariant', 'must not stand in a contained resource (dom-5)', 'meta.security');
  }
}

/** That contained resources have different ids, and that each is referred to or refers to what contains it (dom-3). */
export function checkUsed({ resource, used, isContained, insiders }: Frame, findings: Findings): void {
  const contained = resource['contained'];
  if (isContained || used === undefined || !Array.isArray(contained)) return;
  const ids = new Set<string>();
  contained.forEach((one, index) => {
    if (!isJsonObject(one)) return;
    const { id } = one;
    if (typeof id === 'string') {
      if (ids.has(id))
        findings.add('rule', 'invalid', 'two contained resources have this id', `contained[${index}].id`);
      ids.add(id);
      if (used.has(id)) return;
    }
    if (insiders.has(one)) return;
    const text = 'must be referred to from the resource, or refer to it (dom-3)';
    findings.add('rule', 'invariant', text, `contained[${index}]`);
  });
}
