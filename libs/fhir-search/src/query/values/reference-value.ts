import { isResourceType } from '#libs/domain/fhir';
import { localReference } from '../../extract/reference-values.js';
import { indexKey } from '../../values/index-key.js';
import type { QueryContext } from '../query-context.js';
import type { ReferenceValue } from '../search-query.js';
import { refuseValue } from '../search-refusal.js';

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]{0,30}:\S+$/;

/**
 * `Patient/1`, `1`, or an absolute url. A url below an own address is the local resource, and still the url itself, which canonical
 * elements keep. `types`: those that are meant by an id alone.
 */
export function referenceValues(
  text: string,
  types: readonly string[],
  context: QueryContext,
): readonly ReferenceValue[] {
  const only = types.length === 1 ? types[0] : undefined;
  if (ID.test(text)) return [{ kind: 'local', ...(only === undefined ? {} : { type: only }), id: text }];
  const local = localReference(text) ?? ownReference(text, context.ownBases);
  if (local !== undefined && !ABSOLUTE.test(text)) return [{ kind: 'local', ...local }];
  const url: ReferenceValue = { kind: 'url', url: indexKey(text) };
  if (local !== undefined) return [{ kind: 'local', ...local }, url];
  if (ABSOLUTE.test(text)) return [url];
  const [type = ''] = text.split('/');
  return refuseValue(
    text.includes('/') && !isResourceType(type)
      ? 'the value names no resource type of R4; a reference is Type/id, id or an absolute url'
      : 'the value is no reference: Type/id, id or an absolute url',
  );
}

function ownReference(text: string, bases: readonly string[]): ReturnType<typeof localReference> {
  const plain = withoutScheme(text);
  for (const base of bases) {
    const own = `${withoutScheme(base).replace(/\/$/, '')}/`;
    if (plain.startsWith(own)) return localReference(plain.slice(own.length));
  }
  return undefined;
}

/** By http or https, it is the same server; a host is written in any case. */
function withoutScheme(url: string): string {
  return url.replace(/^https?:\/\/[^/]*/i, (origin) => origin.toLowerCase().replace(/^https?:/, ''));
}
