import { createRequire } from 'node:module';
import type { JsonObject } from '#libs/domain/fhir';
import type { Item } from './values.js';

/** Nodes that the engine gets to see in one validation, in characters of JSON: hostile bodies cost a bounded time. */
const MAX_CHARACTERS = 4_000_000;

/** The engine cannot evaluate an expression, or has evaluated enough. */
export class NotEvaluated extends Error {}

type Evaluate = (item: unknown, variables: Record<string, unknown>) => unknown;

/** The FHIRPath engine, for expressions that are not compiled and for values that the compiled ones leave to it. */
export class Engine {
  private spent = 0;
  private readonly copies = new Map<JsonObject, unknown>();

  /** undefined: the empty collection. @throws NotEvaluated */
  test(text: string, type: string, item: Item, resource: JsonObject): boolean | undefined {
    const all = this.copy(resource);
    const variables = { resource: all, rootResource: all };
    const items = evaluate(text, type, item === resource ? all : this.copied(item), variables);
    return items.length === 0 ? undefined : items.length === 1 && items[0] !== false;
  }

  private copy(resource: JsonObject): unknown {
    let copy = this.copies.get(resource);
    if (copy === undefined) {
      copy = this.copied(resource);
      this.copies.set(resource, copy);
    }
    return copy;
  }

  /** The engine writes into what it gets, and knows no lossless decimals. */
  private copied(item: Item): unknown {
    const text = JSON.stringify(item);
    this.spent += text.length;
    if (this.spent > MAX_CHARACTERS) throw new NotEvaluated();
    return JSON.parse(text);
  }
}

const evaluators = new Map<string, Evaluate>();

function evaluate(text: string, type: string, item: unknown, variables: Record<string, unknown>): readonly unknown[] {
  const id = `${type} ${text}`;
  try {
    let evaluator = evaluators.get(id);
    if (evaluator === undefined) {
      evaluator = compiled(text, type);
      evaluators.set(id, evaluator);
    }
    const items = evaluator(item, variables);
    if (Array.isArray(items)) return items;
  } catch {
    // What the engine throws has many types: an expression that cannot be evaluated on these values.
  }
  throw new NotEvaluated();
}

/** Loaded when it is first needed: it takes half a second and most processes never need it. */
let loaded: { readonly fhirpath: typeof import('fhirpath').default; readonly model: object } | undefined;

function compiled(text: string, base: string): Evaluate {
  if (loaded === undefined) {
    const require = createRequire(import.meta.url);
    loaded = {
      fhirpath: require('fhirpath') as typeof import('fhirpath').default,
      model: require('fhirpath/fhir-context/r4') as object,
    };
  }
  const options = { traceFn: () => undefined };
  return loaded.fhirpath.compile({ base, expression: text }, loaded.model as never, options) as Evaluate;
}
