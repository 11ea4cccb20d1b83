import { parseJson, type JsonObject } from '#libs/domain/fhir';
import type { Condition } from '../conditions/condition.js';
import { holds, identifierCodesOf } from '../conditions/holds.js';
import { lookupsWith } from '../decide/condition-lookups.js';
import { identifierKey, type FhirKnown, type FhirLookups, type ResourceChange } from '../repository/resources.js';

/**
 * What requests of one transaction have changed so far. A request whose lookups they touch must not be decided by what was looked up before
 * them; one that they do not touch may: it is as if it came after them.
 */
export class Changed {
  private readonly resources = new Set<string>();
  private readonly identifiers = new Set<string>();
  private readonly ofType = new Map<string, ResourceChange[]>();

  add(changes: readonly ResourceChange[]): void {
    for (const change of changes) {
      const { type, id, identifiersAdded = [], identifiersRemoved = [] } = change;
      this.resources.add(`${type}/${id}`);
      for (const one of [...identifiersAdded, ...identifiersRemoved])
        this.identifiers.add(identifierKey({ type, ...one }));
      const before = this.ofType.get(type);
      if (before === undefined) this.ofType.set(type, [change]);
      else before.push(change);
    }
  }

  /**
   * Whether a change is among what the lookups ask for, or might be found by one of their conditions. Never false when it is; true also for
   * some that only might be.
   */
  touches(asked: FhirLookups, known: Pick<FhirKnown, 'matches'>): boolean {
    if (this.resources.size === 0) return false;
    const { lock, read, patients, devices, identifiers = [], conditions = [] } = lookupsWith(asked, known.matches);
    if ([...lock, ...read].some(({ type, id }) => this.resources.has(`${type}/${id}`))) return true;
    if (patients.some((id) => this.resources.has(`Patient/${id}`))) return true;
    // Whose a device is follows from it and from statements about its use.
    if (devices.length > 0 && (this.ofType.has('Device') || this.ofType.has('DeviceUseStatement'))) return true;
    if (identifiers.some((one) => this.identifiers.has(identifierKey(one)))) return true;
    const deleted = (type: string): boolean => this.ofType.get(type)?.some((change) => change.deleted) === true;
    if (identifiers.some(({ type }) => deleted(type))) return true;
    return conditions.some(({ condition }) => this.mayBeFoundBy(condition));
  }

  private mayBeFoundBy(condition: Condition): boolean {
    // Other types decide what a chain leads to.
    if (condition.query.conditions.some(({ kind }) => kind === 'chain' || kind === 'has')) return true;
    const codes = identifierCodesOf(condition);
    const asked = codes === undefined ? undefined : new Set(codes);
    return (this.ofType.get(condition.type) ?? []).some(({ deleted, search, content }) => {
      if (deleted) return false;
      if (search === undefined) return true;
      const isNamed = search.tokens.some(({ parameter, code }) => parameter === 'identifier' && asked?.has(code));
      if (asked !== undefined && !isNamed) return false;
      const parsed = parseJson(content);
      return !parsed.ok || holds({ resource: parsed.value as JsonObject, values: search }, condition) !== 'no';
    });
  }
}
