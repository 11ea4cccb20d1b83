import { isJsonObject, isResourceType, type JsonObject } from '#libs/domain/fhir';
import {
  itemsOf,
  memoized,
  NOTHING,
  runOf,
  singleOf,
  step,
  truthOf,
  Unsupported,
  type Collection,
  type Compiling,
  type Run,
  type Scope,
  type Test,
} from './compiled.js';
import type { Expression } from './expression.js';
import { compileCall } from './functions.js';
import { ANY, isDateType, isKindOf, isPrimitiveType, membersOf, resourceOfPath } from './static-types.js';
import { distinct, isIn, ordered, sameItems, textOf } from './operators.js';
import { LOGIC } from './logic.js';
import { UNDECIDED, type Item } from './values.js';

const VARIABLES: Readonly<Record<string, string>> = {
  ucum: 'http://unitsofmeasure.org',
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
};

/** A test of items of one type. @throws Unsupported when the engine must evaluate it */
export function compileTest(expression: Expression, type: string): Test {
  return new Compiler(type).test(expression);
}

/** Compiles expressions about items of one type. @throws Unsupported */
class Compiler implements Compiling {
  constructor(
    /** The type of `$this`. */
    readonly type: string,
    /** The type that the whole expression is about. */
    private readonly rootType = type,
  ) {}

  about(type: string): Compiling {
    return new Compiler(type, this.rootType);
  }

  test(expression: Expression): Test {
    if (expression.k === 'binary') {
      const logic = LOGIC[expression.op];
      if (logic !== undefined) return logic(this.test(expression.left), this.test(expression.right));
    }
    if (expression.k === 'call') {
      const { name, args } = expression;
      const of = expression.of ?? THIS;
      if ((name === 'exists' || name === 'empty') && args.length === 0) {
        const run = runOf(this.collection(of));
        return name === 'exists'
          ? (item, scope) => run(item, scope).length > 0
          : (item, scope) => run(item, scope).length === 0;
      }
      if (name === 'not' && args.length === 0) {
        const test = this.test(of);
        return (item, scope) => {
          const truth = test(item, scope);
          return truth === undefined ? undefined : !truth;
        };
      }
    }
    const run = runOf(this.collection(expression));
    return (item, scope) => truthOf(run(item, scope));
  }

  collection(expression: Expression): Collection {
    switch (expression.k) {
      case 'this':
        return [{ type: this.type, run: (item) => [item] }];
      case 'nothing':
        return [];
      case 'literal': {
        const items = [expression.value];
        return [{ type: `System.${typeof expression.value}`, run: () => items }];
      }
      case 'variable':
        return this.variable(expression.name);
      case 'member':
        return this.member(expression);
      case 'type':
        return this.typed(expression);
      case 'call':
        return compileCall(this, expression, expression.of ?? THIS);
      case 'binary':
        return expression.op === '|' ? this.union(expression) : [this.binary(expression)];
    }
  }

  /** The run of an expression; what begins with `%resource` is computed once per resource. */
  run(expression: Expression): Run {
    const run = runOf(this.collection(expression));
    if (!startsAtResource(expression)) return run;
    return (item, scope) => memoized(scope, expression, () => run(item, scope));
  }

  private variable(name: string): Collection {
    const known = VARIABLES[name];
    if (known !== undefined) return [{ type: 'System.string', run: () => [known] }];
    const type = resourceOfPath(this.rootType);
    if (name !== 'resource' || type === undefined) throw new Unsupported(`%${name}`);
    return [{ type, run: (_, scope) => [scope.resource] }];
  }

  private member({ of, name }: Expression & { k: 'member' }): Collection {
    if (of === undefined && name === this.type) return this.collection(THIS);
    const parts = this.collection(of ?? THIS);
    if (parts.every(({ type }) => type !== ANY && isPrimitiveType(type))) return [];
    const found = parts.flatMap(({ type, run }) =>
      membersOf(type, name).map((member) => {
        const take = step(member.name, member.type);
        const here = of === undefined;
        return {
          type: member.type,
          run: (item: Item, scope: Scope): readonly Item[] => {
            const items: Item[] = [];
            if (here) take(item, items);
            else for (const one of run(item, scope)) take(one, items);
            return items;
          },
        };
      }),
    );
    if (found.length === 0) throw new Unsupported(`${this.type} has no ${name}`);
    return found;
  }

  private typed({ op, of, type: written }: Expression & { k: 'type' }): Collection {
    const type = written.replace(/^FHIR\./, '');
    if (type.includes('.')) throw new Unsupported(written);
    const parts = this.collection(of ?? THIS);
    if (op === 'as') {
      return parts.flatMap((part) => {
        if (isKindOf(part.type, type)) return [part];
        if (part.type !== 'Resource' || !isResourceType(type)) return [];
        const { run } = part;
        return [{ type, run: (item: Item, scope: Scope) => run(item, scope).filter((one) => isOfType(one, type)) }];
      });
    }
    const run = (item: Item, scope: Scope): readonly Item[] => {
      let answer: boolean | undefined;
      for (const part of parts) {
        const items = part.run(item, scope);
        if (items.length === 0) continue;
        if (answer !== undefined || items.length > 1) throw UNDECIDED;
        answer = part.type === 'Resource' ? isOfType(items[0], type) : isKindOf(part.type, type);
      }
      return itemsOf(answer);
    };
    return [{ type: 'System.boolean', run }];
  }

  /** Of one type without doubles; values of different types stand side by side. */
  private union({ left, right }: Expression & { k: 'binary' }): Collection {
    const parts = [...this.collection(left), ...this.collection(right)];
    const [{ type } = { type: '' }] = parts;
    if (parts.some((part) => part.type !== type)) return parts;
    const run = runOf(parts);
    return [{ type, run: (item, scope) => distinct(run(item, scope)) }];
  }

  private binary(expression: Expression & { k: 'binary' }): { type: string; run: Run } {
    const { op, left, right } = expression;
    if (LOGIC[op] !== undefined) {
      const test = this.test(expression);
      return { type: 'System.boolean', run: (item, scope) => itemsOf(test(item, scope)) };
    }
    const a = this.collection(left);
    const b = this.collection(right);
    const first = startsAtResource(left) ? this.run(left) : runOf(a);
    const second = startsAtResource(right) ? this.run(right) : runOf(b);
    const types = [...a, ...b].map(({ type }) => type);
    switch (op) {
      case '=':
      case '!=': {
        if (types.some((type) => isDateType(type) || type === 'time' || type === 'Quantity'))
          throw new Unsupported('equality of dates and quantities');
        const wanted = op === '=';
        return boolean((item, scope) => {
          const same = sameItems(first(item, scope), second(item, scope));
          return same === undefined ? undefined : same === wanted;
        });
      }
      case '<':
      case '<=':
      case '>':
      case '>=': {
        const dates = types.every((type) => isDateType(type));
        return boolean((item, scope) => {
          const x = singleOf(first(item, scope));
          const y = singleOf(second(item, scope));
          return x === undefined || y === undefined ? undefined : ordered(op, x, y, dates);
        });
      }
      case 'in':
        return boolean((item, scope) => isIn(first(item, scope), second(item, scope)));
      case 'contains':
        return boolean((item, scope) => isIn(second(item, scope), first(item, scope)));
      case '&':
        return {
          type: 'System.string',
          run: (item, scope) => [`${textOf(first(item, scope))}${textOf(second(item, scope))}`],
        };
      case '+':
        return {
          type: 'System.number',
          run: (item, scope) => {
            const x = singleOf(first(item, scope));
            const y = singleOf(second(item, scope));
            if (x === undefined || y === undefined) return NOTHING;
            if (typeof x !== 'number' || typeof y !== 'number') throw UNDECIDED;
            return [x + y];
          },
        };
      default:
        throw new Unsupported(op);
    }
  }
}

const THIS: Expression = { k: 'this' };

function boolean(test: Test): { type: string; run: Run } {
  return { type: 'System.boolean', run: (item, scope) => itemsOf(test(item, scope)) };
}

function startsAtResource(expression: Expression): boolean {
  if (expression.k === 'variable') return expression.name === 'resource';
  return expression.k === 'member' && expression.of !== undefined && startsAtResource(expression.of);
}

function isOfType(item: Item | undefined, type: string): boolean {
  return isJsonObject(item) && (item as JsonObject)['resourceType'] === type;
}
