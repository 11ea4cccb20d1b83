import type { Condition } from '../conditions/condition.js';
import {
  refusedStep,
  type CreateStep,
  type DeleteStep,
  type PatchStep,
  type RefusedStep,
  type Step,
  type UpdateStep,
} from '../plan/step.js';
import { redirectReferences } from '../references/redirect-references.js';
import type { CurrentResource, FhirKnown } from '../repository/resources.js';
import { Finder, type Finding } from '../decide/finder.js';
import { typesAsked } from '../decide/step-conditions.js';
import { mismatch } from '../decide/preconditions.js';
import { isUnclear, tooMany, unresolved, type Found } from './unclear.js';
import { updateByPatch } from '../decide/update-by-patch.js';

/** A conditional create that makes nothing, because there is one already: `id` is that one's. */
export interface MatchStep {
  readonly kind: 'match';
  readonly index: number;
  readonly type: string;
  readonly id: string;
  readonly at: string;
}

/** A step of which it is known what resource it means, and what it makes of it. */
export type SettledStep = Exclude<Step, PatchStep> | MatchStep;

/** The current version of `Type/id` when the step is settled, where the caller may change it. */
type Current = (key: string) => CurrentResource | undefined;

/**
 * Settles which resources the conditional steps and references of a transaction mean, before any of them takes effect. As FHIR R4
 * http.html#trules has it, a condition of a delete sees the database; of a create also what is deleted, the creates without a
 * condition and the creates settled before it; of an update also all creates; of a reference all of it. Nothing depends on the order of the
 * entries, but which of two creates with one condition is the one that is made: the first.
 */
export function settleTransaction(
  steps: readonly Step[],
  known: Pick<FhirKnown, 'matches'>,
  current: Current,
): readonly SettledStep[] {
  return new Settling(current, new Finder(known, typesAsked(steps))).transaction(steps);
}

/** Settles the entries of a batch one by one; each sees what {@link BatchSettling.finder} has of those before it. */
export class BatchSettling {
  readonly finder: Finder;

  constructor(
    steps: readonly Step[],
    known: Pick<FhirKnown, 'matches'>,
    private readonly current: Current,
  ) {
    this.finder = new Finder(known, typesAsked(steps));
  }

  settle(step: Step): SettledStep {
    // It may be refused yet: what it does is not noted here.
    const find = (condition: Condition): Finding => this.finder.find(condition);
    const [settled] = new Settling(this.current, { find, put: nothing, drop: nothing }).transaction([step]);
    if (settled === undefined) throw new Error('a step was not settled');
    return settled;
  }
}

function nothing(): void {}

class Settling {
  private readonly settled = new Map<number, SettledStep>();
  /** `Type/id` → the entry that writes it. */
  private readonly written = new Map<string, number>();
  /** `Type/id` made for a conditional step → the resource that it means. */
  private readonly moved = new Map<string, string>();

  constructor(
    private readonly current: Current,
    private readonly finder: Pick<Finder, 'find' | 'put' | 'drop'>,
  ) {}

  transaction(steps: readonly Step[]): readonly SettledStep[] {
    const deletes = steps.filter((step) => step.kind === 'delete');
    const creates = steps.filter((step) => step.kind === 'create');
    const updates = steps.filter((step) => step.kind === 'update' || step.kind === 'patch');
    const removed = deletes.map((step) => this.remove(step));
    for (const step of removed) this.keep(step, this.drop(step));
    for (const step of creates) if (step.condition === undefined) this.keep(step, this.make(step));
    this.settleCreates(creates);
    const meant = updates.map((step) => (step.kind === 'patch' ? this.patch(step) : this.update(step)));
    for (const step of meant) this.keep(step, this.put(step));
    return steps.map((step) => this.withReferences(this.settled.get(step.index) ?? unwritten(step)));
  }

  private keep(step: { readonly index: number }, settled: SettledStep): void {
    this.settled.set(step.index, settled);
  }

  private remove(step: DeleteStep): DeleteStep | RefusedStep {
    const found = step.condition === undefined ? undefined : this.find(step.condition);
    if (isUnclear(found)) return tooMany(step.index, found);
    // With none, the id that was made for the step is deleted, which nothing has.
    return found?.kind === 'one' ? { ...step, id: found.id } : step;
  }

  private drop(step: DeleteStep | RefusedStep): SettledStep {
    if (step.kind === 'refused') return step;
    return this.claim(step) ?? (this.finder.drop(step.type, step.id), step);
  }

  private make(step: CreateStep): SettledStep {
    this.written.set(`${step.type}/${step.id}`, step.index);
    this.finder.put(step.type, step.id, step.resource);
    return step;
  }

  /** In the order of their conditions, whatever that of the entries is. */
  private settleCreates(creates: readonly CreateStep[]): void {
    const made = new Map<string, string>();
    const conditional = creates
      .flatMap((step) => (step.condition === undefined ? [] : [{ step, condition: step.condition }]))
      .sort((a, b) => compare(a.condition.key, b.condition.key) || a.step.index - b.step.index);
    for (const { step, condition } of conditional) {
      const { index, type, at } = step;
      const twin = made.get(condition.key);
      const found = twin === undefined ? this.find(condition) : ({ kind: 'one', id: twin } as const);
      if (isUnclear(found)) this.keep(step, tooMany(index, found));
      else if (found.kind === 'none') {
        made.set(condition.key, step.id);
        this.keep(step, this.make(step));
      } else {
        this.moved.set(`${type}/${step.id}`, `${type}/${found.id}`);
        this.keep(step, { kind: 'match', index, type, id: found.id, at });
      }
    }
  }

  /** The update of the resource that is meant; of a new one where there is none. */
  private update(step: UpdateStep): UpdateStep | RefusedStep {
    const { condition, index, type } = step;
    if (condition === undefined) return step;
    const sentId = step.resource['id'];
    const found = this.find(condition);
    if (isUnclear(found)) return tooMany(index, found);
    if (found.kind === 'one' && sentId !== undefined && sentId !== found.id) {
      return refusedStep(
        index,
        400,
        'invalid',
        'the id of the resource is not that of the one that matches',
        `${step.at}.id`,
      );
    }
    const id = found.kind === 'one' ? found.id : typeof sentId === 'string' ? sentId : step.id;
    if (found.kind === 'none' && this.isTaken(type, id)) {
      return refusedStep(
        index,
        409,
        'conflict',
        'nothing matches, and another resource has the id of this one',
        `${step.at}.id`,
      );
    }
    if (id !== step.id) this.moved.set(`${type}/${step.id}`, `${type}/${id}`);
    return { ...step, id };
  }

  /** The update that a patch makes of the resource that is meant. */
  private patch(step: PatchStep): UpdateStep | RefusedStep {
    const { condition, index, at } = step;
    const found = condition === undefined ? undefined : this.find(condition);
    if (isUnclear(found)) return tooMany(index, found);
    if (found?.kind === 'none')
      return refusedStep(index, 404, 'not-found', 'no resource matches the condition', condition?.at ?? at);
    const patch = found === undefined ? step : { ...step, id: found.id };
    const before = this.current(`${patch.type}/${patch.id}`);
    // First, as nothing is to be said of a patch of another version.
    const conflict = before === undefined ? undefined : mismatch(patch, before);
    return conflict === undefined ? updateByPatch(patch, before) : { ...conflict, index };
  }

  private put(step: UpdateStep | RefusedStep): SettledStep {
    if (step.kind === 'refused') return step;
    return this.claim(step) ?? (this.finder.put(step.type, step.id, step.resource), step);
  }

  private isTaken(type: string, id: string): boolean {
    const stored = this.current(`${type}/${id}`);
    return stored !== undefined && !stored.deleted && !this.written.has(`${type}/${id}`);
  }

  /** No resource is written by two entries, however they name it. */
  private claim(step: DeleteStep | UpdateStep): RefusedStep | undefined {
    const key = `${step.type}/${step.id}`;
    if (!this.written.has(key)) {
      this.written.set(key, step.index);
      return undefined;
    }
    const at = step.condition?.at ?? step.at;
    return refusedStep(step.index, 400, 'duplicate', 'two entries have the same target', at);
  }

  private find(condition: Condition): Found {
    const { ids, isUndecided } = this.finder.find(condition);
    const [id, ...more] = ids;
    if (isUndecided || more.length > 0) return { kind: isUndecided ? 'undecided' : 'many', condition };
    return id === undefined ? { kind: 'none' } : { kind: 'one', id };
  }

  private withReferences(step: SettledStep): SettledStep {
    if ((step.kind !== 'create' && step.kind !== 'update') || (this.moved.size === 0 && step.queries === undefined)) {
      return step;
    }
    const meant = new Map<string, string>();
    const issues = (step.queries ?? []).flatMap(({ reference, condition }) => {
      const found = this.find(condition);
      if (found.kind === 'one') meant.set(reference, `${condition.type}/${found.id}`);
      return found.kind === 'one' ? [] : unresolved(found.kind, condition);
    });
    if (issues.length > 0) return { kind: 'refused', index: step.index, status: 412, issues };
    const resource = redirectReferences(step.resource, this.moved, (reference) => meant.get(reference));
    const assumed = step.assumed?.map((one) => ({ ...one, target: this.moved.get(one.target) ?? one.target }));
    return { ...step, resource, assumed };
  }
}

function unwritten(step: Step): SettledStep {
  if (step.kind === 'patch') throw new Error('a patch was not settled');
  return step;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
