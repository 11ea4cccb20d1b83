import { searchValuesOf } from '#libs/fhir-search';
import { stringifyJson, type DeviceUseContext, type JsonObject } from '#libs/domain/fhir';
import { ALL_ALLOWED, type Allowed } from '../access/allowed.js';
import { foundResult } from '../answers/version-result.js';
import { matchesWithin } from '../access/within.js';
import { clinicalOf, mayBeStored, takenBack } from '../clinical/clinical.js';
import { refusalOfGuard } from '../derived/guard.js';
import { followDevices } from '../clinical/follow-devices.js';
import { noSuchPatient, unclearPatient } from '../references/reference-issues.js';
import { referencesOf } from '../references/references.js';
import { sideEffects } from '../clinical/side-effects.js';
import type { CreateStep, DeleteStep, ReadStep, Step, UpdateStep } from '../plan/step.js';
import { refusedResult, type Decision, type StepResult } from './decision.js';
import { Known } from './known.js';
import { News } from './news.js';
import { mismatch } from './preconditions.js';
import { BatchSettling, settleTransaction, type MatchStep, type SettledStep } from '../settle/settle.js';
import { conditionsOf } from './step-conditions.js';
import { unmeasuredParts, warningsOf, type UnmeasuredPart } from '../clinical/unmeasured-parts.js';
import type { CurrentResource, FhirKnown, ResourceChange } from '../repository/resources.js';

/**
 * Decides what each step does, given what the database holds. Steps see what those before them did.
 * @param steps in the order in which they take effect
 * @param now ms since 1970, becomes `meta.lastUpdated`
 * @param mode `atomic`: conditions are settled for all steps first, and a reference may point at a Patient that a later step makes
 * @param allowed what is outside is treated as absent, and nothing is made or moved there
 */
export function decide(
  steps: readonly Step[],
  known: FhirKnown,
  now: number,
  mode: 'atomic' | 'each' = 'each',
  allowed: Allowed = ALL_ALLOWED,
): Decision {
  return new Deciding(steps, known, { now, mode, allowed }).run();
}

class Deciding {
  private readonly known: Known;
  private readonly results: StepResult[] = [];
  private readonly changes: ResourceChange[] = [];
  private readonly news = new News();
  private readonly unmeasured: UnmeasuredPart[] = [];
  private readonly settled: readonly SettledStep[];
  /** Of a batch: its steps are settled one by one. */
  private readonly settling: BatchSettling | undefined;

  private readonly named: DeviceUseContext = {
    patientsWith: (one) => this.known.having({ type: 'Patient', ...one }),
    devicesWith: (one) => this.known.having({ type: 'Device', ...one }),
  };
  private readonly now: number;
  private readonly allowed: Allowed;

  constructor(
    private readonly steps: readonly Step[],
    known: FhirKnown,
    { now, mode, allowed }: { readonly now: number; readonly mode: 'atomic' | 'each'; readonly allowed: Allowed },
  ) {
    this.now = now;
    this.allowed = allowed;
    this.known = new Known(known, allowed);
    const found = { matches: matchesWithin(known, steps.flatMap(conditionsOf), allowed) };
    const current = (key: string): CurrentResource | undefined => this.known.seen('update', key);
    this.settling = mode === 'each' ? new BatchSettling(steps, found, current) : undefined;
    this.settled = mode === 'each' ? [] : settleTransaction(steps, found, current);
    if (mode === 'atomic') this.known.expect(this.settled);
  }

  run(): Decision {
    const matched: MatchStep[] = [];
    for (const step of this.settledSteps()) {
      if (step.kind === 'match') matched.push(step);
      else this.results[step.index] = this.take(step);
    }
    // What they name may have been changed by another step.
    for (const step of matched) this.results[step.index] = this.matched(step);
    return { results: this.results, changes: this.changes, news: this.news.byPatient, unmeasured: this.unmeasured };
  }

  /** Those of a batch are settled when the ones before them have taken effect. */
  private *settledSteps(): Iterable<SettledStep> {
    if (this.settling === undefined) yield* this.settled;
    else for (const step of this.steps) yield this.settling.settle(step);
  }

  private take(step: Exclude<SettledStep, MatchStep>): StepResult {
    switch (step.kind) {
      case 'refused':
        return step;
      case 'read':
        return this.read(step);
      case 'vread':
      case 'search':
      case 'history':
        return { kind: 'later', step };
      case 'delete':
        return this.remove(step);
      case 'create':
      case 'update':
        return this.write(step);
    }
  }

  private read(step: ReadStep): StepResult {
    const found = this.known.seen('read', `${step.type}/${step.id}`);
    if (found === undefined) return absent(step);
    if (found.deleted) return refusedResult(410, 'deleted', 'this resource was deleted', step.at);
    return foundResult(step, found);
  }

  private matched({ type, id }: MatchStep): StepResult {
    const resource = this.known.current.get(`${type}/${id}`);
    if (resource === undefined) throw new Error('what a condition found was not looked at');
    return { kind: 'matched', resource };
  }

  private remove(step: DeleteStep): StepResult {
    const before = this.known.seen('delete', `${step.type}/${step.id}`);
    const conflict = mismatch(step, before);
    if (conflict !== undefined) return conflict;
    const guarded = refusalOfGuard(step, before);
    if (guarded !== undefined) return { kind: 'refused', ...guarded };
    // Deleting an absent resource succeeds (FHIR R4 http.html#delete).
    if (before === undefined || before.deleted) return { kind: 'deleted' };
    const after = { ...before, version: before.version + 1, deleted: true, content: '', lastUpdated: this.now };
    this.keep(after, {}, before);
    this.news.add(takenBack(before, undefined, after.version));
    if (step.type === 'Patient') this.known.patients.delete(step.id);
    return { kind: 'deleted', resource: after };
  }

  private write(step: CreateStep | UpdateStep): StepResult {
    const key = `${step.type}/${step.id}`;
    const before = step.kind === 'update' ? this.known.seen('update', key) : this.known.current.get(key);
    if (step.kind === 'update') {
      const conflict = mismatch(step, before);
      if (conflict !== undefined) return conflict;
      // Whether an id is free or taken by what the caller may not know of is not to be seen: it chooses no ids.
      const isRestricted = this.allowed.isRestricted('update', step.type);
      if (isRestricted && before === undefined && (hasChosenId(step) || this.known.current.has(key)))
        return absent(step);
    }
    const guarded = refusalOfGuard(step, before);
    if (guarded !== undefined) return { kind: 'refused', ...guarded };
    const unclear = (step.assumed ?? []).filter(
      ({ sent, target }) => sent !== target && this.known.patientsBefore.has(sent.replace('Patient/', '')),
    );
    if (unclear.length > 0) {
      return { kind: 'refused', status: 422, issues: unclear.map(({ path }) => unclearPatient(`${step.at}.${path}`)) };
    }
    const dangling = referencesOf(step.resource).filter(
      ({ type, id }) => type === 'Patient' && !this.known.patients.has(id),
    );
    if (dangling.length > 0) {
      return { kind: 'refused', status: 422, issues: dangling.map((one) => noSuchPatient(one, step.at)) };
    }
    const version = (before?.version ?? 0) + 1;
    const resource = stamped(step.resource, step.id, version, this.now);
    if (this.allowed.isRestricted(step.kind, step.type) && !this.allowed.permits(step.kind, resource)) {
      return refusedResult(403, 'forbidden', 'the resource is outside what the scopes of this client allow', step.at);
    }
    const clinical = clinicalOf(resource, {
      version,
      receivedAt: this.now,
      patientOfDevice: (device, at = this.now, until = at) => this.known.ownerOf(device, at, until),
      ...this.named,
      medication: (id) => this.known.medication(id),
    });
    const after: CurrentResource = {
      type: step.type,
      id: step.id,
      version,
      deleted: false,
      content: stringifyJson(resource),
      lastUpdated: this.now,
      patient: clinical.patient ?? null,
    };
    this.keep(after, resource, before, step.kind === 'update' && step.isPatch === true);
    const unmeasured = unmeasuredParts(step, clinical, before);
    this.unmeasured.push(...unmeasured);
    if (before !== undefined) this.news.add(takenBack(before, clinical, version));
    this.news.add(before === undefined ? clinical : mayBeStored(clinical));
    if (step.type === 'Patient') this.known.patients.add(step.id);
    return {
      kind: 'written',
      created: before === undefined || before.deleted,
      resource: after,
      warnings: [...(step.tolerated ?? []), ...warningsOf(unmeasured, step)],
      isTolerated: (step.tolerated ?? []).length > 0,
    };
  }

  private keep(
    after: CurrentResource,
    resource: JsonObject,
    before: CurrentResource | undefined,
    isPatch = false,
  ): void {
    this.known.current.set(`${after.type}/${after.id}`, after);
    if (after.deleted) this.settling?.finder.drop(after.type, after.id);
    else this.settling?.finder.put(after.type, after.id, resource);
    const effects = sideEffects(after, resource, before, this.named);
    this.changes.push({
      ...after,
      ...effects,
      ...(isPatch ? { isPatch } : {}),
      ...(after.deleted ? {} : { search: searchValuesOf(resource) }),
    });
    followDevices(this.known.devices, after, effects);
  }
}

/** The resource as it is stored and answered: our id, version and time; all else as it came. */
function stamped(resource: JsonObject, id: string, version: number, now: number): JsonObject {
  const { resourceType, id: _, meta, ...rest } = resource as JsonObject & { meta?: JsonObject };
  return {
    resourceType: resourceType as string,
    id,
    meta: { ...meta, versionId: String(version), lastUpdated: new Date(now).toISOString() },
    ...rest,
  };
}

function absent({ at }: { readonly at: string }): StepResult {
  return refusedResult(404, 'not-found', 'no such resource', at);
}

/** An update by a condition takes an id that was made for it, unless the resource names one. */
function hasChosenId({ condition, resource, id }: UpdateStep): boolean {
  return condition === undefined || resource['id'] === id;
}
