import type { Issue, IssueCode } from '#libs/domain/fhir';

/** Enough to see what is wrong; a hostile body does not get a million lines. */
export const MAX_ISSUES = 100;

/**
 * How much a finding weighs: `structure` is what cannot be read as FHIR (elements, cardinality, types, formats, unsafe narratives),
 * `rule` what breaks a rule about values (codes, targets of references, invariants, profiles), `advice` what should be otherwise.
 */
export type Weight = 'structure' | 'rule' | 'advice';

export interface Finding {
  readonly weight: Weight;
  readonly issue: Issue;
  /** In which order they were found. */
  readonly order: number;
}

/** What was found so far, and where the walk is. */
export class Findings {
  private readonly byWeight: Record<Weight, Finding[]> = { structure: [], rule: [], advice: [] };
  private readonly segments: (string | number)[] = [];
  private order = 0;

  /** @param segment an element's name, or the index of an item */
  enter(segment: string | number): void {
    this.segments.push(segment);
  }

  leave(): void {
    this.segments.pop();
  }

  /** FHIRPath of the place where the walk is. */
  get place(): string {
    let place = '';
    for (const segment of this.segments) {
      place += typeof segment === 'number' ? `[${segment}]` : place === '' ? segment : `.${segment}`;
    }
    return place;
  }

  /** @param below an element under the place where the walk is */
  add(weight: Weight, code: IssueCode, diagnostics: string, below?: string): void {
    const list = this.byWeight[weight];
    this.order += 1;
    if (list.length >= MAX_ISSUES) return;
    const expression = [below === undefined ? this.place : `${this.place}.${below}`];
    const severity = weight === 'advice' ? 'warning' : 'error';
    list.push({ weight, order: this.order, issue: { severity, code, expression, diagnostics } });
  }

  get hasErrors(): boolean {
    return this.byWeight.structure.length + this.byWeight.rule.length > 0;
  }

  /** The findings in their order; of too many, those that weigh most. */
  list(): readonly Finding[] {
    const { structure, rule, advice } = this.byWeight;
    return [...structure, ...rule, ...advice].slice(0, MAX_ISSUES).sort((a, b) => a.order - b.order);
  }
}
