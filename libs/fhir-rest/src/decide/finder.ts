import { parseJson, type JsonObject } from '#libs/domain/fhir';
import type { Condition } from '../conditions/condition.js';
import { comparable, holds, tokensOf, type Comparable } from '../conditions/holds.js';
import type { FhirKnown } from '../repository/resources.js';

/**
 * Which resources a condition means while a request is decided: what the database found, less what the request deleted or changed, and
 * what it made. Asked for a condition of the request's {@link FhirLookups} only.
 */
export class Finder {
  /** By type and id; undefined: deleted. */
  private readonly changed = new Map<string, Map<string, Comparable | undefined>>();
  /** Ids of changed resources by type, parameter and code: a bundle may make thousands, and ask for thousands. */
  private readonly byToken = new Map<string, Set<string>>();

  /** @param types of which conditions ask; other changes are not kept */
  constructor(
    private readonly known: Pick<FhirKnown, 'matches'>,
    private readonly types: ReadonlySet<string>,
  ) {}

  put(type: string, id: string, resource: JsonObject): void {
    if (!this.types.has(type)) return;
    const now = comparable({ ...resource, id });
    this.changedOf(type).set(id, now);
    for (const { parameter, code } of tokensOf(now)) {
      const key = tokenKey(type, parameter, code);
      const ids = this.byToken.get(key);
      if (ids === undefined) this.byToken.set(key, new Set([id]));
      else ids.add(id);
    }
  }

  drop(type: string, id: string): void {
    if (this.types.has(type)) this.changedOf(type).set(id, undefined);
  }

  /** Ids of the resources for which it holds, each once. */
  find(condition: Condition): readonly string[] {
    const changed = this.changed.get(condition.type);
    const stored = this.known.matches.get(condition.key) ?? [];
    if (changed === undefined) return stored;
    const here = [...this.candidates(condition, changed)].filter((id) => {
      const now = changed.get(id);
      return now !== undefined && holds(now, condition);
    });
    return [...stored.filter((id) => !changed.has(id)), ...here];
  }

  private candidates(condition: Condition, changed: ReadonlyMap<string, unknown>): Iterable<string> {
    for (const one of condition.query.conditions) {
      if (one.kind !== 'token' || one.not || one.values.some(({ code }) => code === undefined)) continue;
      const ids = new Set<string>();
      for (const { code = '' } of one.values) {
        for (const id of this.byToken.get(tokenKey(condition.type, one.parameter, code)) ?? []) ids.add(id);
      }
      return ids;
    }
    return changed.keys();
  }

  private changedOf(type: string): Map<string, Comparable | undefined> {
    const changed = this.changed.get(type) ?? new Map<string, Comparable | undefined>();
    this.changed.set(type, changed);
    return changed;
  }
}

/** Whether a condition still holds for a stored version that was found by it before. */
export function stillHolds(content: string, condition: Condition): boolean {
  const parsed = parseJson(content);
  return parsed.ok && holds(comparable(parsed.value as JsonObject), condition);
}

function tokenKey(type: string, parameter: string, code: string): string {
  return `${type} ${parameter} ${code}`;
}
