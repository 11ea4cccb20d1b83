/** A FHIRPath expression as a tree (`tools/fhir-definitions/expression.ts` makes it from the text). */
export type Expression =
  | { readonly k: 'this' }
  | { readonly k: 'nothing' }
  | { readonly k: 'literal'; readonly value: string | number | boolean }
  | { readonly k: 'variable'; readonly name: string }
  /** Without `of`: of the item that the expression is about. */
  | { readonly k: 'member'; readonly of?: Expression; readonly name: string }
  | { readonly k: 'call'; readonly of?: Expression; readonly name: string; readonly args: readonly Expression[] }
  /** `as` stands for `ofType`, too. */
  | { readonly k: 'type'; readonly op: 'is' | 'as'; readonly of?: Expression; readonly type: string }
  | { readonly k: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression };

/** An invariant of a StructureDefinition. */
export interface Constraint {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  readonly human: string;
  /** FHIRPath, for the engine. */
  readonly text: string;
  readonly expression: Expression;
}

/** Places in `constraints`, by type (`Observation`, `Observation.component`) and by element (`Organization.address`). */
export interface InvariantTable {
  readonly constraints: readonly Constraint[];
  readonly byType: Readonly<Record<string, readonly number[]>>;
  readonly byElement: Readonly<Record<string, readonly number[]>>;
}
