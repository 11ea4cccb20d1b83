import type { Condition, SearchQuery } from './search-query.js';

/** Equal for queries of the same type with the same conditions, in whatever order and however often they are written. */
export function conditionsKey(query: Pick<SearchQuery, 'type' | 'conditions'>): string {
  return `${query.type}?${sortedUnique(query.conditions.map(keyOf)).join('&')}`;
}

function keyOf(condition: Condition): string {
  const { kind, ...rest } = condition;
  const parts = Object.entries(rest).map(([name, value]) => {
    const alternatives = name === 'values' || name === 'targets' || name === 'parameters';
    return `${name}=${alternatives ? `[${sortedUnique((value as readonly unknown[]).map(text)).join()}]` : text(value)}`;
  });
  return `${kind}(${parts.sort().join(';')})`;
}

/** JSON with the members of objects in the order of their names. */
function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  if ('kind' in value && ('values' in value || 'targets' in value)) return keyOf(value as Condition);
  const members = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${members
    .map(([name, one]) => `${JSON.stringify(name)}:${text(one)}`)
    .sort()
    .join()}}`;
}

function sortedUnique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
