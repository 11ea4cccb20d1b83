import type { WireFact, WireSample } from '#libs/contracts';
import { stringifyJson, type Issue, type JsonObject } from '#libs/domain/fhir';
import type { CurrentResource, FhirKnown, ResourceChange, StoredResource } from '#libs/platform/storage';
import { versionOfTag } from './answer.js';
import { clinicalOf, clinicalOfStored, mayBeStored, withdrawn, type Clinical } from './clinical.js';
import { referencesOf } from './references.js';
import { sideEffects } from './side-effects.js';
import type { CreateStep, DeleteStep, ReadStep, Step, UpdateStep } from './step.js';

/** What came of a step. */
export type StepResult =
  | { readonly kind: 'written'; readonly created: boolean; readonly resource: StoredResource }
  | { readonly kind: 'deleted'; readonly resource?: StoredResource }
  | { readonly kind: 'found'; readonly resource: StoredResource }
  | { readonly kind: 'refused'; readonly status: number; readonly issues: readonly Issue[] };

/** What one patient's record of the log will hold. */
export interface PatientNews {
  readonly facts: WireFact[];
  readonly samples: WireSample[];
}

export interface Decision {
  /** In the order of the request. */
  readonly results: readonly StepResult[];
  readonly changes: readonly ResourceChange[];
  /** By patient id. */
  readonly news: ReadonlyMap<string, PatientNews>;
  /** Why a resource gave no measurement: a reason for each. */
  readonly unmeasured: readonly string[];
}

/**
 * Decides what each step does, given what the database holds. Steps see what those before them did.
 * @param steps in the order in which they take effect
 * @param now ms since 1970, becomes `meta.lastUpdated`
 */
export function decide(steps: readonly Step[], known: FhirKnown, now: number): Decision {
  return new Deciding(steps, known, now).run();
}

class Deciding {
  private readonly current: Map<string, CurrentResource>;
  private readonly patients: Set<string>;
  private readonly devices: Map<string, string>;
  private readonly results: StepResult[] = [];
  private readonly changes: ResourceChange[] = [];
  private readonly news = new Map<string, PatientNews>();
  private readonly unmeasured: string[] = [];

  constructor(
    private readonly steps: readonly Step[],
    known: FhirKnown,
    private readonly now: number,
  ) {
    this.current = new Map(known.resources);
    this.patients = new Set(known.patients);
    this.devices = new Map(known.devicePatients);
  }

  run(): Decision {
    for (const step of this.steps) this.results[step.index] = this.take(step);
    return { results: this.results, changes: this.changes, news: this.news, unmeasured: this.unmeasured };
  }

  private take(step: Step): StepResult {
    switch (step.kind) {
      case 'refused':
        return step;
      case 'read':
        return this.read(step);
      case 'delete':
        return this.remove(step);
      case 'create':
      case 'update':
        return this.write(step);
    }
  }

  private read(step: ReadStep): StepResult {
    const found = this.current.get(`${step.type}/${step.id}`);
    if (found === undefined) return refused(404, 'not-found', 'no such resource', step.at);
    if (found.deleted) return refused(410, 'deleted', 'this resource was deleted', step.at);
    return { kind: 'found', resource: found };
  }

  private remove(step: DeleteStep): StepResult {
    const before = this.current.get(`${step.type}/${step.id}`);
    const conflict = mismatch(step, before);
    if (conflict !== undefined) return conflict;
    // Deleting what is not there is well done (FHIR R4 http.html#delete).
    if (before === undefined || before.deleted) return { kind: 'deleted' };
    const after = { ...before, version: before.version + 1, deleted: true, content: '', lastUpdated: this.now };
    const clinical = clinicalOfStored(before);
    this.keep(after, {}, before);
    this.tell(withdrawn(clinical, after.version));
    if (step.type === 'Patient') this.patients.delete(step.id);
    return { kind: 'deleted', resource: after };
  }

  private write(step: CreateStep | UpdateStep): StepResult {
    const before = this.current.get(`${step.type}/${step.id}`);
    if (step.kind === 'update') {
      const conflict = mismatch(step, before);
      if (conflict !== undefined) return conflict;
    }
    const named = referencesOf(step.resource).filter((reference) => reference.type === 'Patient');
    const dangling = named.filter((reference) => !this.patients.has(reference.id));
    if (dangling.length > 0) {
      return { kind: 'refused', status: 422, issues: dangling.map(({ path }) => noSuchPatient(`${step.at}.${path}`)) };
    }
    const version = (before?.version ?? 0) + 1;
    const resource = stamped(step.resource, step.id, version, this.now);
    const clinical = clinicalOf(resource, version, {
      receivedAt: this.now,
      patients: new Set(named.map((reference) => reference.id)),
      devicePatients: this.devices,
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
    this.keep(after, resource, before);
    this.unmeasured.push(...clinical.unmeasured);
    if (before !== undefined && !before.deleted) this.tell(superseded(clinicalOfStored(before), clinical, version));
    this.tell(before === undefined ? clinical : mayBeStored(clinical));
    if (step.type === 'Patient') this.patients.add(step.id);
    return { kind: 'written', created: before === undefined || before.deleted, resource: after };
  }

  private keep(after: CurrentResource, resource: JsonObject, before: CurrentResource | undefined): void {
    this.current.set(`${after.type}/${after.id}`, after);
    const effects = sideEffects(after, resource, before);
    this.changes.push({ ...after, ...effects });
    if (effects.devicePatient === null) this.devices.delete(after.id);
    else if (effects.devicePatient !== undefined) this.devices.set(after.id, effects.devicePatient);
  }

  private tell(clinical: Pick<Clinical, 'patient' | 'facts' | 'samples'>): void {
    const { patient, facts, samples } = clinical;
    if (patient === undefined || facts.length + samples.length === 0) return;
    const news = this.news.get(patient) ?? { facts: [], samples: [] };
    this.news.set(patient, news);
    news.facts.push(...facts);
    news.samples.push(...samples);
  }
}

/** What the earlier version said and the new one does not say any more. */
function superseded(
  before: Clinical,
  after: Clinical,
  version: number,
): Pick<Clinical, 'patient' | 'facts' | 'samples'> {
  const gone = withdrawn(before, version);
  if (before.patient !== after.patient) return gone;
  const facts = new Set(after.facts.map((fact) => `${fact.fact} ${fact.reference}`));
  const samples = new Set(after.samples.map((sample) => sample.i));
  return {
    patient: before.patient,
    facts: gone.facts.filter((fact) => !facts.has(`${fact.fact} ${fact.reference}`)),
    samples: gone.samples.filter((sample) => !samples.has(sample.i)),
  };
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

/** Neither here nor made by this request. Another tenant's Patient is as good as absent. */
function noSuchPatient(expression: string): Issue {
  return {
    severity: 'error',
    code: 'not-found',
    diagnostics: 'the referenced Patient does not exist',
    expression: [expression],
  };
}

function mismatch(step: UpdateStep | DeleteStep, before: CurrentResource | undefined): StepResult | undefined {
  if (step.ifMatch === undefined) return undefined;
  if (before !== undefined && !before.deleted && versionOfTag(step.ifMatch) === before.version) return undefined;
  return refused(412, 'conflict', 'If-Match names a version that is not the current one', step.at);
}

function refused(status: number, code: Issue['code'], diagnostics: string, at: string): StepResult {
  return { kind: 'refused', status, issues: [{ severity: 'error', code, diagnostics, expression: [at] }] };
}
