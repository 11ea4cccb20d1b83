import { Decimal } from '#libs/domain/fhir';
import { NO, NOTHING, singleOf, Unsupported, YES, type Compiling, type Run, type Typed } from './compiled.js';
import type { Expression } from './expression.js';
import { UNDECIDED, type Item } from './values.js';

/** A function of FHIRPath on a text or a number. @throws Unsupported for any other */
export function textFunction(compiler: Compiling, name: string, args: readonly Expression[], run: Run): Typed {
  const [argument] = args;
  const literal = argument?.k === 'literal' ? argument.value : undefined;
  const wanted = argument === undefined ? undefined : compiler.run(argument);
  const onText = (of: (text: string, argument: string) => boolean): Typed => ({
    type: 'System.boolean',
    run: (item, scope) => {
      const one = singleOf(run(item, scope));
      const other = wanted === undefined ? undefined : singleOf(wanted(item, scope));
      if (one === undefined || other === undefined) return NOTHING;
      if (typeof one !== 'string' || typeof other !== 'string') throw UNDECIDED;
      return of(one, other) ? YES : NO;
    },
  });
  const onOne = (type: string, of: (one: Item) => Item | undefined): Typed => ({
    type,
    run: (item, scope) => {
      const one = singleOf(run(item, scope));
      const value = one === undefined ? undefined : of(one);
      return value === undefined ? NOTHING : [value];
    },
  });
  switch (name) {
    case 'startsWith':
      return onText((one, other) => one.startsWith(other));
    case 'contains':
      return onText((one, other) => one.includes(other));
    case 'matches': {
      if (typeof literal !== 'string') throw new Unsupported('computed pattern');
      const pattern = patternOf(literal);
      return onText((one) => pattern.test(one));
    }
    case 'substring': {
      if (typeof literal !== 'number' || args.length > 1) throw new Unsupported('substring');
      return onOne('System.string', (one) =>
        stringOf(one).length > literal ? stringOf(one).slice(literal) : undefined,
      );
    }
    case 'length':
      return onOne('System.number', (one) => stringOf(one).length);
    case 'toString':
      return onOne('System.string', (one) => {
        if (one instanceof Decimal) return one.text;
        if (typeof one === 'object') throw UNDECIDED;
        return String(one);
      });
    case 'toInteger':
      return onOne('System.number', (one) => {
        if (typeof one === 'number' && Number.isInteger(one)) return one;
        if (typeof one !== 'string') throw UNDECIDED;
        return /^[+-]?\d{1,10}$/.test(one) ? Number(one) : undefined;
      });
    default:
      throw new Unsupported(name);
  }
}

/** Some patterns of the definitions escape what needs no escape, which the Unicode mode refuses. */
function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'su');
  } catch {
    return new RegExp(text, 's');
  }
}

function stringOf(item: Item): string {
  if (typeof item !== 'string') throw UNDECIDED;
  return item;
}
