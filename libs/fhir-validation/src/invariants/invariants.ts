import { compileTest } from './compile.js';
import { Unsupported, type Scope, type Test } from './compiled.js';
import { NotEvaluated, type Engine } from './engine.js';
import type { Constraint, InvariantTable } from './expression.js';
import { INVARIANTS } from './invariants.generated.js';
import { UNDECIDED, type Item } from './values.js';

/** A constraint on values of one type, ready to be tested. */
export class Invariant {
  private readonly compiled: Test | undefined;

  constructor(
    readonly constraint: Constraint,
    private readonly type: string,
  ) {
    this.compiled = compiledOf(constraint, type);
  }

  /** Whether the closure decides without the engine, in the main. */
  get isCompiled(): boolean {
    return this.compiled !== undefined;
  }

  /**
   * False when it is violated. An empty result is no "true": an error, but no warning, which would be about a value that is not there.
   * undefined: it cannot be evaluated here.
   */
  holds(item: Item, scope: Scope, engine: Engine): boolean | undefined {
    try {
      return this.resultOf(item, scope, engine) ?? this.constraint.severity === 'warning';
    } catch (error) {
      if (error instanceof NotEvaluated) return undefined;
      throw error;
    }
  }

  private resultOf(item: Item, scope: Scope, engine: Engine): boolean | undefined {
    if (this.compiled !== undefined) {
      try {
        return this.compiled(item, scope);
      } catch (error) {
        if (error !== UNDECIDED) throw error;
      }
    }
    return engine.test(this.constraint.text, this.type, item, scope.resource);
  }
}

function compiledOf(constraint: Constraint, type: string): Test | undefined {
  try {
    return compileTest(constraint.expression, type);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    return undefined;
  }
}

let table: InvariantTable | undefined;
const known = new Map<string, Invariant>();

/** Invariants of R4 on values of a type, in an element of another (`Organization.address`) or anywhere. */
export function invariantsOf(type: string, element?: string): readonly Invariant[] {
  table ??= JSON.parse(INVARIANTS) as InvariantTable;
  const { constraints, byType, byElement } = table;
  const places = element === undefined ? byType[type] : byElement[element];
  return (places ?? []).map((place) => {
    const id = `${place} ${type}`;
    let invariant = known.get(id);
    if (invariant === undefined) {
      invariant = new Invariant(constraints[place] as Constraint, type);
      known.set(id, invariant);
    }
    return invariant;
  });
}
