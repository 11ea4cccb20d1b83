import { isResourceType } from '#libs/domain/fhir';
import { searchParameters } from '../definitions/search-parameters.js';
import { splitAt } from './values/escapes.js';
import { conditionOf } from './parse-condition.js';
import type { QueryContext } from './query-context.js';
import type { Condition } from './search-query.js';
import { refuseUnknown, refuseUnsupported, refuseValue, SearchRefusal } from './search-refusal.js';

/** More types than this need to be narrowed by the client: each is a search of its own. */
const MAX_CHAIN_TYPES = 20;

/**
 * A parameter of a request as the conditions that it means: one, but for `url=…|version`, which also asks for the business version of what
 * has the url.
 */
export function namedConditions(
  type: string,
  name: string,
  value: string,
  context: QueryContext,
): readonly Condition[] {
  const [url = '', version = '', ...more] = name === 'url' ? splitAt(value, '|') : [];
  const isVersioned = version !== '' && more.length === 0 && !value.includes(',');
  return isVersioned && searchParameters(type).has('version')
    ? [conditionOf(type, 'url', undefined, url, context), conditionOf(type, 'version', undefined, version, context)]
    : [namedCondition(type, name, value, context)];
}

/** `code`, `code:modifier`, `reference[:Type].code[:modifier]` or `_has:Type:reference:code[:modifier]` with a value as a condition. */
function namedCondition(type: string, name: string, value: string, context: QueryContext): Condition {
  if (name.startsWith('_has:')) return has(type, name.slice('_has:'.length), value, context);
  const dot = name.indexOf('.');
  if (dot >= 0) return chain(type, name.slice(0, dot), name.slice(dot + 1), value, context);
  const { code, modifier } = codeAndModifier(name);
  return conditionOf(type, code, modifier, value, context);
}

function codeAndModifier(name: string): { readonly code: string; readonly modifier: string | undefined } {
  const [code = '', modifier, more] = name.split(':', 3);
  if (more !== undefined) refuseUnsupported('a parameter takes one modifier only');
  return { code, modifier };
}

function chain(type: string, first: string, rest: string, value: string, context: QueryContext): Condition {
  const { code, modifier } = codeAndModifier(first);
  const parameter = searchParameters(type).get(code);
  if (parameter === undefined) refuseUnknown(`${type} has no such search parameter`);
  if (parameter.type !== 'reference') refuseUnsupported('only reference parameters can be chained');
  if (rest.includes('.') || rest.startsWith('_has:')) refuseUnsupported('chains are followed over one reference only');
  const targets = parameter.targets ?? [];
  if (modifier !== undefined && !isResourceType(modifier))
    refuseUnsupported('between the parts of a chain stands a resource type, or nothing');
  if (modifier !== undefined && !targets.includes(modifier)) refuseValue(`the parameter refers to no ${modifier}`);
  const next = codeAndModifier(rest);
  const types = (modifier === undefined ? targets : [modifier]).filter((one) => searchParameters(one).has(next.code));
  if (types.length === 0) refuseUnknown('no type that the parameter refers to has the search parameter after the dot');
  if (types.length > MAX_CHAIN_TYPES)
    throw new SearchRefusal(
      'too-costly',
      `the chain leads to ${types.length} types: name one, as in ${code}:Patient.…`,
    );
  return { kind: 'chain', parameter: code, targets: conditionsByType(types, next, value, context) };
}

/** A value may be right for one type only (a date there, a token here): it is refused where it is right for none. */
function conditionsByType(
  types: readonly string[],
  { code, modifier }: ReturnType<typeof codeAndModifier>,
  value: string,
  context: QueryContext,
): Extract<Condition, { kind: 'chain' }>['targets'] {
  const targets: { readonly type: string; readonly condition: Condition }[] = [];
  let refusal: SearchRefusal | undefined;
  for (const type of types) {
    try {
      targets.push({ type, condition: conditionOf(type, code, modifier, value, context) });
    } catch (error) {
      if (!(error instanceof SearchRefusal)) throw error;
      refusal ??= error;
    }
  }
  // oxlint-disable-next-line no-throw-literal -- see SearchRefusal
  if (targets.length === 0 && refusal !== undefined) throw refusal;
  return targets;
}

function has(type: string, rest: string, value: string, context: QueryContext): Condition {
  const [source = '', code = '', ...name] = rest.split(':');
  if (source === '' || code === '' || name.length === 0 || name[0] === '')
    refuseValue('_has is written as _has:Type:reference:parameter=value');
  if (name[0] === '_has' || name.some((one) => one.includes('.')))
    refuseUnsupported('_has is followed over one reference only');
  if (!isResourceType(source)) refuseValue('_has names no resource type of R4');
  const parameter = searchParameters(source).get(code);
  if (parameter === undefined) refuseUnknown(`${source} has no such search parameter`);
  if (parameter.type !== 'reference' || !(parameter.targets ?? []).includes(type))
    refuseValue(`_has: the parameter of ${source} does not refer to ${type}`);
  const next = codeAndModifier(name.join(':'));
  return {
    kind: 'has',
    type: source,
    parameter: code,
    condition: conditionOf(source, next.code, next.modifier, value, context),
  };
}
