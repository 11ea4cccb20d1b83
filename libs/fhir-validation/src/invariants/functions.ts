import { isJsonObject, type Json } from '#libs/domain/fhir';
import {
  itemsOf,
  memoized,
  NO,
  NOTHING,
  runOf,
  singleOf,
  truthOf,
  Unsupported,
  YES,
  type Collection,
  type Compiling,
  type Run,
  type Scope,
  type Typed,
} from './compiled.js';
import type { Expression } from './expression.js';
import { ANY, isPrimitiveType } from './static-types.js';
import { textFunction } from './text-functions.js';
import { keyOf, type Item } from './values.js';

type Call = Expression & { k: 'call' };

/** A function call of FHIRPath. @throws Unsupported */
export function compileCall(compiler: Compiling, { name, args }: Call, of: Expression): Collection {
  const parts = compiler.collection(of);
  const [argument, second, third] = args;
  switch (name) {
    case 'exists':
      return [boolean(argument === undefined ? has(runOf(parts)) : has(runOf(where(compiler, parts, argument))))];
    case 'empty':
    case 'not':
    case 'hasValue':
    case 'isDistinct':
    case 'allFalse':
      return [boolean(WITHOUT_ARGUMENT[name](parts))];
    case 'all':
      return [boolean(all(compiler, parts, must(argument)))];
    case 'where':
      return where(compiler, parts, must(argument));
    case 'select':
      return select(compiler, parts, must(argument));
    case 'first':
      return mapped(parts, (items) => items.slice(0, 1));
    case 'tail':
      return mapped(parts, (items) => items.slice(1));
    case '[]': {
      const at = argument?.k === 'literal' && typeof argument.value === 'number' ? argument.value : undefined;
      if (at === undefined) throw new Unsupported('computed index');
      return mapped(parts, (items) => items.slice(at, at + 1));
    }
    case 'trace':
      return parts;
    case 'count': {
      const run = runOf(parts);
      return [{ type: 'System.number', run: (item, scope) => [run(item, scope).length] }];
    }
    case 'intersect':
      return [intersect(compiler, only(parts), must(argument))];
    case 'combine': {
      const more = only(compiler.collection(must(argument)));
      const { type, run } = only(parts);
      if (more.type !== type && more.type !== ANY) throw new Unsupported('combination of types');
      return [{ type, run: (item, scope) => [...run(item, scope), ...more.run(item, scope)] }];
    }
    case 'iif': {
      if (of.k !== 'this') return [unlessEmpty(compiler, parts, args)];
      const condition = compiler.test(must(argument));
      const yes = compiler.run(must(second));
      const no = third === undefined ? () => NOTHING : compiler.run(third);
      return [{ type: 'System.boolean', run: (item, scope) => (condition(item, scope) ? yes : no)(item, scope) }];
    }
    case 'descendants': {
      const run = runOf(parts);
      return [{ type: ANY, run: (item, scope) => descendants(run(item, scope)) }];
    }
    case 'resolve':
      return [{ type: 'Resource', run: resolved(runOf(parts)) }];
    default:
      return [textFunction(compiler, name, args, runOf(parts))];
  }
}

const WITHOUT_ARGUMENT = {
  empty: (parts: Collection): Run => {
    const run = runOf(parts);
    return (item, scope) => (run(item, scope).length === 0 ? YES : NO);
  },
  not: (parts: Collection): Run => {
    const run = runOf(parts);
    return (item, scope) => {
      const truth = truthOf(run(item, scope));
      return itemsOf(truth === undefined ? undefined : !truth);
    };
  },
  hasValue: (parts: Collection): Run => {
    const run = runOf(parts);
    const primitive = parts.every(({ type }) => isPrimitiveType(type));
    if (!primitive) throw new Unsupported('hasValue of complex types');
    return (item, scope) => (run(item, scope).length === 1 ? YES : NO);
  },
  isDistinct: (parts: Collection): Run => {
    const run = runOf(parts);
    return (item, scope) => {
      const items = run(item, scope);
      return new Set(items.map(keyOf)).size === items.length ? YES : NO;
    };
  },
  allFalse: (parts: Collection): Run => {
    const run = runOf(parts);
    return (item, scope) => (run(item, scope).every((one) => truthOf([one]) === false) ? YES : NO);
  },
};

function boolean(run: Run): Typed {
  return { type: 'System.boolean', run };
}

function has(run: Run): Run {
  return (item, scope) => (run(item, scope).length > 0 ? YES : NO);
}

function where(compiler: Compiling, parts: Collection, criterion: Expression): Collection {
  return parts.map(({ type, run }) => {
    const test = compiler.about(type).test(criterion);
    return { type, run: (item, scope) => run(item, scope).filter((one) => test(one, scope) === true) };
  });
}

function all(compiler: Compiling, parts: Collection, criterion: Expression): Run {
  const tests = parts.map(({ type, run }) => ({ run, test: compiler.about(type).test(criterion) }));
  return (item, scope) =>
    tests.every(({ run, test }) => run(item, scope).every((one) => test(one, scope) === true)) ? YES : NO;
}

function select(compiler: Compiling, parts: Collection, projection: Expression): Collection {
  return parts.flatMap(({ type, run }) =>
    compiler
      .about(type)
      .collection(projection)
      .map((inner) => ({
        type: inner.type,
        run: (item: Item, scope: Scope) => run(item, scope).flatMap((one) => inner.run(one, scope)),
      })),
  );
}

/** `collection.iif(empty(), …, …)`: the only condition on a collection that R4's invariants have. */
function unlessEmpty(compiler: Compiling, parts: Collection, [condition, yes, no]: readonly Expression[]): Typed {
  const { type, run } = only(parts);
  const isEmpty = condition?.k === 'call' && condition.name === 'empty' && condition.of === undefined;
  if (!isEmpty) throw new Unsupported('iif of a collection');
  const whenEmpty = compiler.run(must(yes));
  const otherwise = compiler.about(type).test(must(no));
  return boolean((item, scope) => {
    const one = singleOf(run(item, scope));
    return one === undefined ? whenEmpty(item, scope) : itemsOf(otherwise(one, scope));
  });
}

/** A function of the whole collection: one type only, or the order of its items is not known. */
function mapped(parts: Collection, map: (items: readonly Item[]) => readonly Item[]): Collection {
  const { type, run } = only(parts);
  return [{ type, run: (item, scope) => map(run(item, scope)) }];
}

function intersect(compiler: Compiling, { type, run }: Typed, other: Expression): Typed {
  const others = compiler.run(other);
  return {
    type,
    run: (item, scope) => {
      const items = run(item, scope);
      if (items.length === 0) return NOTHING;
      const found = others(item, scope);
      const keys = memoized(scope, found, () => new Set(found.map(keyOf)));
      return items.filter((one) => keys.has(keyOf(one)));
    },
  };
}

/** All objects below: what a path of names that no choice has asks for. */
function descendants(items: readonly Item[]): readonly Item[] {
  const found: Item[] = [];
  const below = (value: Json): void => {
    if (Array.isArray(value)) for (const one of value as readonly Json[]) below(one);
    if (!isJsonObject(value)) return;
    found.push(value);
    for (const name in value) below(value[name] ?? null);
  };
  for (const item of items) if (isJsonObject(item)) for (const name in item) below(item[name] ?? null);
  return found;
}

/** Only contained resources can be looked at; others resolve to nothing. */
function resolved(run: Run): Run {
  return (item, scope) =>
    run(item, scope).flatMap((one): Item[] => {
      const reference = isJsonObject(one) ? one['reference'] : one;
      if (typeof reference !== 'string' || !reference.startsWith('#')) return [];
      const target = scope.contained(reference.slice(1));
      return target === undefined ? [] : [target];
    });
}

function only(parts: Collection): Typed {
  const [first, ...more] = parts;
  if (first === undefined || more.length > 0) throw new Unsupported('a collection of several types');
  return first;
}

function must(argument: Expression | undefined): Expression {
  if (argument === undefined) throw new Unsupported('a missing argument');
  return argument;
}
