import {
  isOfTypeParameter,
  searchParameters,
  type Condition,
  type DateValue,
  type Prefix,
  type SearchValues,
  type TokenValue,
} from '#libs/fhir-search';
import type { Random } from '#libs/testing/properties';

const PREFIXES: readonly Prefix[] = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'];

/** A condition that some of the resources may meet, made from what stands in one of them. */
export function conditionFrom(type: string, values: SearchValues, random: Random): Condition | undefined {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const not = random() < 0.2;
  switch (Math.floor(random() * 11)) {
    case 0:
    case 1: {
      const [one, two] = [pick(values.tokens), pick(values.tokens)];
      if (one === undefined) return undefined;
      const value: TokenValue =
        pick([
          { system: one.system, code: one.code },
          // A type of identifiers is always asked for with both.
          ...(isOfTypeParameter(one.parameter) ? [] : [{ code: one.code }, { system: one.system }]),
        ]) ?? {};
      if (value.code === '') return undefined;
      const more =
        two === undefined || two.code === '' || isOfTypeParameter(one.parameter) || random() < 0.6
          ? []
          : [{ code: two.code }];
      return { kind: 'token', parameter: one.parameter, values: [value, ...more], not };
    }
    case 2: {
      const one = pick(values.tokens.filter(({ text }) => text !== undefined));
      return one?.text === undefined
        ? undefined
        : { kind: 'tokenText', parameter: one.parameter, values: [one.text.slice(1, 4)] };
    }
    case 3: {
      const one = pick(values.strings);
      if (one === undefined) return undefined;
      const match = pick(['starts', 'exact', 'contains'] as const) ?? 'starts';
      const value =
        match === 'exact' ? one.value : match === 'starts' ? one.folded.slice(0, 3) : one.folded.slice(1, 3);
      return { kind: 'string', parameter: one.parameter, match, values: [value, '%', '_x'] };
    }
    case 4: {
      const one = pick(values.dates);
      return one === undefined
        ? undefined
        : { kind: 'date', parameter: one.parameter, values: [dateFrom(one, random)] };
    }
    case 5: {
      const one = pick(values.numbers);
      const value = one === undefined ? 0 : Number.isFinite(one.low) ? one.low : one.high;
      const prefix = pick(PREFIXES) ?? 'eq';
      if (one === undefined) return undefined;
      return {
        kind: 'number',
        parameter: one.parameter,
        values: [{ prefix, value, low: value - 0.5, high: value + 0.5 }],
      };
    }
    case 6: {
      const one = pick(values.quantities);
      return one === undefined
        ? undefined
        : { kind: 'quantity', parameter: one.parameter, values: [quantityFrom(one, random)] };
    }
    case 7: {
      const one = pick(values.references);
      if (one === undefined) return undefined;
      const { target, parameter } = one;
      // No request names it.
      if (target.kind === 'contained') return undefined;
      const value =
        target.kind === 'identifier'
          ? ({
              kind: 'identifier',
              token:
                pick([
                  { code: target.value },
                  { system: target.system, code: target.value },
                  { system: target.system },
                ]) ?? {},
            } as const)
          : target.kind === 'local' && random() < 0.4
            ? ({ kind: 'local', id: target.id } as const)
            : target;
      return { kind: 'reference', parameter, values: [value], not };
    }
    case 8: {
      const one = pick(values.uris);
      if (one === undefined) return undefined;
      const match = pick(['equal', 'below', 'above'] as const) ?? 'equal';
      const value =
        match === 'below'
          ? one.value.slice(0, one.value.lastIndexOf('/'))
          : match === 'above'
            ? `${one.value}/more`
            : one.value;
      return { kind: 'uri', parameter: one.parameter, match, values: [value] };
    }
    case 9: {
      const one = pick(values.composites);
      if (one === undefined) return undefined;
      const parts = one.parts.map((part) => conditionOfPart(part, random));
      return parts.some((part) => part === undefined)
        ? undefined
        : { kind: 'composite', parameter: one.parameter, values: [parts as Condition[]] };
    }
    default: {
      const parameter = pick(
        [...searchParameters(type).values()].filter(({ type: kind }) => kind !== 'composite' && kind !== 'special'),
      );
      if (parameter === undefined || parameter.code === '_id' || parameter.code === '_lastUpdated') return undefined;
      return { kind: 'missing', parameter: parameter.code, type: parameter.type, missing: random() < 0.5 };
    }
  }
}

function dateFrom({ from, to }: { from: number; to: number }, random: Random): DateValue {
  const prefix = PREFIXES[Math.floor(random() * PREFIXES.length)] ?? 'eq';
  const start = Number.isFinite(from) ? from : to;
  const end = Number.isFinite(to) ? to : start;
  const [before, behind] = [random() < 0.5 ? 0 : 86_400_000, random() < 0.5 ? 0 : 86_400_000];
  return random() < 0.3
    ? { prefix, from: start - 400 * 86_400_000, to: start - 300 * 86_400_000 }
    : { prefix, from: start - before, to: end + behind };
}

function quantityFrom(
  one: SearchValues['quantities'][number],
  random: Random,
): Extract<Condition, { kind: 'quantity' }>['values'][number] {
  const prefix = PREFIXES[Math.floor(random() * PREFIXES.length)] ?? 'eq';
  const { canonical, system, code, unit } = one;
  const of = canonical !== undefined && random() < 0.5 ? canonical : one;
  const value = Number.isFinite(of.low) ? of.low : of.high;
  const range = { prefix, value, low: value - 0.5, high: value + 0.5 };
  if (of === canonical) return { ...range, system, code, canonical: canonical.unit };
  const units = [
    {},
    ...(code === '' ? [] : [{ code }, { system, code }]),
    ...(unit === undefined ? [] : [{ code: unit }]),
  ];
  return { ...range, ...units[Math.floor(random() * units.length)] };
}

function conditionOfPart(part: SearchValues, random: Random): Condition | undefined {
  const [token] = part.tokens;
  if (token !== undefined && token.code !== '')
    return { kind: 'token', parameter: token.parameter, values: [{ code: token.code }], not: false };
  const [quantity] = part.quantities;
  if (quantity !== undefined)
    return { kind: 'quantity', parameter: quantity.parameter, values: [quantityFrom(quantity, random)] };
  const [date] = part.dates;
  if (date !== undefined) return { kind: 'date', parameter: date.parameter, values: [dateFrom(date, random)] };
  const [text] = part.strings;
  if (text !== undefined)
    return { kind: 'string', parameter: text.parameter, match: 'starts', values: [text.folded.slice(0, 2)] };
  const [number] = part.numbers;
  if (number === undefined) return undefined;
  return {
    kind: 'number',
    parameter: number.parameter,
    values: [{ prefix: 'ge', value: number.low, low: number.low, high: number.low + 1 }],
  };
}
