import type { StepResult } from './decision.js';

/** What the entries of a bundle may read together, characters: a small request may ask for a large resource thousands of times. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** Counts what the entries of one attempt of a bundle read, and refuses what is beyond the maximum. */
export class ReadBudget {
  private left: number;

  constructor(max = MAX_CHARACTERS) {
    this.left = max;
  }

  /** @param index of the entry in the request */
  take(result: StepResult, index: number): StepResult {
    this.left -= charactersOf(result);
    if (this.left >= 0 || charactersOf(result) === 0) return result;
    const diagnostics = 'the entries of this bundle read more than 32 MiB together: ask in several bundles';
    const expression = [`Bundle.entry[${index}].request.url`];
    return {
      kind: 'refused',
      status: 413,
      issues: [{ severity: 'error', code: 'too-costly', diagnostics, expression }],
    };
  }
}

function charactersOf(result: StepResult): number {
  if ((result.kind !== 'found' && result.kind !== 'page') || result.isHead === true) return 0;
  return result.kind === 'found' ? result.resource.content.length : result.content.length;
}
