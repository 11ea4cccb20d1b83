import { createHash } from 'node:crypto';
import type { Scenario } from '#libs/contracts';
import type { ModelRefusal } from '#libs/domain/forecasting';
import { fitPersonal, type FitRequest, type PersonalFit } from '#libs/domain/physiology';
import { propose, type ProposalCase, type Suggestion } from '#libs/domain/proposals';
import { runScenario, type ScenarioBranch } from '#libs/domain/scenarios';
import { PERSONAL_GLUCOSE } from './personal-glucose.js';

/** What is computed beside the event loop: plain values in, plain values out. */
export type ModelTask =
  | { readonly kind: 'scenario'; readonly branch: ScenarioBranch }
  | { readonly kind: 'proposal'; readonly case: ProposalCase }
  | { readonly kind: 'fit'; readonly request: FitRequest };

export interface ComputedScenario {
  readonly kind: 'scenario';
  readonly scenario: Scenario;
  /** SHA-256 of the answer, hex. */
  readonly digest: string;
}

export interface ComputedProposal {
  readonly kind: 'proposal';
  readonly suggestion: Suggestion;
  /** Of its scenario, SHA-256, hex; null: nothing was simulated. */
  readonly digest: string | null;
}

export interface Computed {
  readonly scenario: ComputedScenario | ModelRefusal;
  readonly proposal: ComputedProposal | ModelRefusal;
  readonly fit: PersonalFit | ModelRefusal;
}

/** Does a task in this thread. Pure: the same task gives the same bytes. */
export function compute<Kind extends ModelTask['kind']>(
  task: Extract<ModelTask, { readonly kind: Kind }>,
): Computed[Kind];
export function compute(task: ModelTask): Computed[ModelTask['kind']] {
  switch (task.kind) {
    case 'scenario': {
      const outcome = runScenario(task.branch, PERSONAL_GLUCOSE);
      return outcome.kind === 'refused' ? outcome : { ...outcome, digest: digestOf(outcome.scenario) };
    }
    case 'proposal': {
      const suggestion = propose(task.case, PERSONAL_GLUCOSE);
      if (suggestion.kind === 'refused') return suggestion;
      const { foreseen } = suggestion;
      return { kind: 'proposal', suggestion, digest: foreseen === null ? null : digestOf(foreseen.scenario) };
    }
    case 'fit':
      return fitPersonal(task.request);
  }
}

function digestOf(scenario: Scenario): string {
  return createHash('sha256').update(JSON.stringify(scenario)).digest('hex');
}
