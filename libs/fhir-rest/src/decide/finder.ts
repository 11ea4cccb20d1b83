import { parseJson, type JsonObject } from '#libs/domain/fhir';
import type { Condition } from '../conditions/condition.js';
import { comparable, holds, identifierCodes, identifierCodesOf, type Comparable } from '../conditions/holds.js';
import type { FhirKnown } from '../repository/resources.js';

export interface Finding {
  /** Ids of the resources for which the condition holds, each once. */
  readonly ids: readonly string[];
  /** A chain, and the request changes resources of which it cannot be said here whether it leads to them. */
  readonly isUndecided: boolean;
}

/**
 * Which resources a condition means while a request is decided: what the database found, less what the request deleted or changed, and
 * what it made. Asked for a condition of the request's {@link FhirLookups} only.
 */
export class Finder {
  /** By type and id; undefined: deleted. */
  private readonly changed = new Map<string, Map<string, Comparable | undefined>>();
  /** Ids of changed resources by type and identifier value: a bundle may make thousands, and ask for thousands. */
  private readonly byIdentifier = new Map<string, Set<string>>();

  /** @param types of which conditions ask; other changes are not kept */
  constructor(
    private readonly known: Pick<FhirKnown, 'matches'>,
    private readonly types: ReadonlySet<string>,
  ) {}

  put(type: string, id: string, resource: JsonObject): void {
    if (!this.types.has(type)) return;
    const now = comparable({ ...resource, id });
    this.changedOf(type).set(id, now);
    for (const code of identifierCodes(now)) {
      const ids = this.byIdentifier.get(`${type} ${code}`);
      if (ids === undefined) this.byIdentifier.set(`${type} ${code}`, new Set([id]));
      else ids.add(id);
    }
  }

  drop(type: string, id: string): void {
    if (this.types.has(type)) this.changedOf(type).set(id, undefined);
  }

  find(condition: Condition): Finding {
    const changed = this.changed.get(condition.type);
    const stored = this.known.matches.get(condition.key) ?? [];
    if (changed === undefined) return { ids: stored, isUndecided: false };
    const ids = stored.filter((id) => !changed.has(id));
    let isUndecided = false;
    for (const id of this.candidates(condition, changed)) {
      const now = changed.get(id);
      const match = now === undefined ? 'no' : holds(now, condition);
      if (match === 'yes') ids.push(id);
      isUndecided ||= match === 'needs-store';
    }
    return { ids, isUndecided };
  }

  private candidates({ type, ...condition }: Condition, changed: ReadonlyMap<string, unknown>): Iterable<string> {
    const codes = identifierCodesOf({ type, ...condition });
    return codes === undefined
      ? changed.keys()
      : new Set(codes.flatMap((code) => [...(this.byIdentifier.get(`${type} ${code}`) ?? [])]));
  }

  private changedOf(type: string): Map<string, Comparable | undefined> {
    const changed = this.changed.get(type) ?? new Map<string, Comparable | undefined>();
    this.changed.set(type, changed);
    return changed;
  }
}

/** Whether a condition still holds for a stored version that was found by it before; of a chain it is taken for granted. */
export function stillHolds(content: string, condition: Condition): boolean {
  const parsed = parseJson(content);
  return parsed.ok && holds(comparable(parsed.value as JsonObject), condition) !== 'no';
}
