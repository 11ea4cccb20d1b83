import { searchParameters, type Condition, type ReferenceValue, type TokenValue } from '#libs/fhir-search';
import { referenceValueKeys, tokenKey } from '../asked-keys.js';
import { compositeSql } from './compile-composites.js';
import { lastUpdatedSql, mainDateSql, rangesSql } from './compile-ranges.js';
import { textsSql } from './compile-texts.js';
import { keyOf, referenceKey, referenceMask, selfKey, type Key } from '../../search-index/hash-keys.js';
import { bitOf, isThePatient, mainDate, parametersFor } from '../../search-index/search-scheme.js';
import { ALL_VISIBLE, rowsCode, type Scope } from '../scope.js';

/** Maximum depth of chains: `_has` and chains go one level, and a compartment or restriction may stand inside. */
const ALIASES = ['s', 't', 'u', 'v', 'w'];

/** What must hold for a row, and what the caller may find: SQL to stand behind WHERE. */
export function searchSql(scope: Scope, conditions: readonly Condition[]): string {
  const { alias, type, tenant, parameters } = scope;
  // What a restriction itself looks at beside (a chain) is not restricted again.
  const restricting = { ...scope, visible: ALL_VISIBLE };
  const restrictions = scope.visible(type).map((one) => `(${allSql(restricting, one)})`);
  return [
    `${alias}.tenant = ${parameters.add(tenant, 'int')} AND ${alias}.type = ${parameters.add(rowsCode(scope), 'int2')}`,
    ...(conditions.length === 0 ? [] : [allSql(scope, conditions)]),
    ...(restrictions.includes('(true)') ? [] : [`(${restrictions.join(' OR ') || 'false'})`]),
  ].join('\n  AND ');
}

function allSql(scope: Scope, conditions: readonly Condition[]): string {
  const { alias, parameters } = scope;
  const required: Key[] = [];
  const parts: string[] = [];
  for (const condition of conditions) {
    const alternatives = alternativeKeys(scope, condition);
    if (alternatives?.length === 1 && alternatives[0] !== undefined) required.push(alternatives[0]);
    const column = patientOf(scope, condition);
    if (column !== undefined) parts.push(`${alias}.patient = ${parameters.add(column, 'bigint')}`);
    if (alternatives?.length !== 1) parts.push(conditionSql(scope, condition));
  }
  if (required.length > 0) parts.unshift(`${alias}.keys @> ${parameters.keys(required)}`);
  return parts.length === 0 ? 'true' : parts.join('\n  AND ');
}

/** The keys of which a row must have one, where that is all of the condition. */
function alternativeKeys(scope: Scope, condition: Condition): readonly Key[] | undefined {
  switch (condition.kind) {
    case 'token':
      return condition.not ? undefined : tokensKeys(scope, condition);
    case 'reference':
      return condition.not ? undefined : referencesKeys(scope, condition);
    case 'string':
      return condition.match === 'exact'
        ? condition.values.map((value) => keyOf(scope, 'string', condition.parameter, value))
        : undefined;
    case 'uri':
      return condition.match === 'equal'
        ? condition.values.map((value) => keyOf(scope, 'uri', condition.parameter, value))
        : undefined;
    default:
      return undefined;
  }
}

/** The patient whom all rows are of: beside the key, because an index begins with that column and goes on with the main date. */
function patientOf(scope: Scope, condition: Condition): Key | undefined {
  if (condition.kind !== 'reference' || condition.not) return undefined;
  const [value, another] = condition.values;
  if (value?.kind !== 'local' || another !== undefined) return undefined;
  const isPatient =
    (condition.parameter === 'patient' && (value.type ?? 'Patient') === 'Patient') ||
    (condition.parameter === 'subject' && value.type === 'Patient' && searchParameters(scope.type).has('patient'));
  if (!isPatient || !isThePatient(scope.type, 'patient')) return undefined;
  return selfKey(scope.tenant, 'Patient', value.id);
}

function conditionSql(scope: Scope, condition: Condition): string {
  const { alias, parameters } = scope;
  switch (condition.kind) {
    case 'id':
      return idSql(scope, condition.values, condition.not);
    case 'lastUpdated':
      // What is contained has no time of its own (dom-4).
      return scope.contained === true ? 'false' : lastUpdatedSql(scope, condition.values);
    case 'token':
      return anyKey(scope, tokensKeys(scope, condition), condition.not);
    case 'reference':
      return anyKey(scope, referencesKeys(scope, condition), condition.not);
    case 'tokenText':
      return textsSql(scope, condition.parameter, { match: 'contains', values: condition.values });
    case 'string':
      return condition.match === 'exact'
        ? anyKey(scope, alternativeKeys(scope, condition) ?? [], false)
        : rangesSql(scope, condition);
    case 'uri':
      return uriSql(scope, condition);
    case 'date':
      return condition.parameter === mainDate(scope.type) ? mainDateSql(scope, condition) : rangesSql(scope, condition);
    case 'number':
    case 'quantity':
      return rangesSql(scope, condition);
    case 'composite':
      return compositeSql(scope, condition, (inner) => allSql(scope, inner));
    case 'missing':
      return missingSql(scope, condition.parameter, condition.missing);
    case 'chain':
      return chainSql(scope, condition);
    case 'has':
      return hasSql(scope, condition);
    case 'compartment': {
      const target = { type: 'Patient', id: condition.patient };
      const keys = condition.parameters.map((parameter) => referenceKey(scope, parameter, target));
      const inside = anyKey(scope, keys, false);
      if (scope.type !== 'Patient') return inside;
      return `(${inside} OR ${alias}.self = ${parameters.add(selfKey(scope.tenant, 'Patient', condition.patient), 'bigint')})`;
    }
  }
}

function anyKey({ alias, parameters }: Scope, keys: readonly Key[], not: boolean): string {
  if (keys.length === 0) return not ? 'true' : 'false';
  return `${not ? 'NOT ' : ''}${alias}.keys && ${parameters.keys(keys)}`;
}

function tokensKeys(scope: Scope, { parameter, values }: { parameter: string; values: readonly TokenValue[] }): Key[] {
  return parametersFor(scope.type, parameter).flatMap((one) => values.map((value) => tokenKey(scope, one, value)));
}

function referencesKeys(
  scope: Scope,
  { parameter, values }: { parameter: string; values: readonly ReferenceValue[] },
): Key[] {
  return values.flatMap((value) => referenceValueKeys(scope, parameter, value));
}

function idSql({ tenant, type, alias, parameters, contained }: Scope, ids: readonly string[], not: boolean): string {
  // The id of what is contained has a meaning only where it is.
  if (contained === true) return String(not);
  return `${alias}.seq ${not ? 'NOT IN' : 'IN'} (SELECT r.search_key FROM fhir_resources r
    WHERE r.tenant = ${parameters.add(tenant, 'int')} AND r.type = ${parameters.add(type, 'text')}
      AND r.id = ANY (${parameters.add(ids, 'text[]')}) AND r.search_key IS NOT NULL)`;
}

function uriSql(scope: Scope, { parameter, match, values }: Extract<Condition, { kind: 'uri' }>): string {
  switch (match) {
    case 'equal':
      return anyKey(
        scope,
        values.map((value) => keyOf(scope, 'uri', parameter, value)),
        false,
      );
    case 'below':
      return textsSql(scope, parameter, { match: 'below', values });
    case 'above':
      return anyKey(
        scope,
        values.flatMap(aboves).map((value) => keyOf(scope, 'uri', parameter, value)),
        false,
      );
  }
}

/** A uri and all that stand above it in the hierarchy of its path. */
function aboves(uri: string): string[] {
  const found = [uri];
  for (let at = uri.lastIndexOf('/'); at > 0; at = uri.lastIndexOf('/', at - 1)) {
    found.push(uri.slice(0, at), uri.slice(0, at + 1));
  }
  return found;
}

function missingSql({ type, alias, parameters }: Scope, parameter: string, missing: boolean): string {
  // Every resource has these.
  if (parameter === '_id' || parameter === '_lastUpdated') return String(!missing);
  const mask = parametersFor(type, parameter).reduce((bits, one) => bits | bitOf(type, one), 0n);
  return `${alias}.present & ${parameters.add(mask, 'bigint')} ${missing ? '=' : '<>'} 0`;
}

/**
 * By references to resources of their own, which the caller must be allowed to find, and to contained ones (R4 search.html#contained), which whoever
 * finds the resource has with it.
 */
function chainSql(scope: Scope, { parameter, targets }: Extract<Condition, { kind: 'chain' }>): string {
  const { alias, parameters } = scope;
  const parts = targets.map(({ type, condition }) => {
    const inner = inside(scope, type);
    const isPatient = type === 'Patient' && isThePatient(scope.type, parameter);
    const mask = isPatient ? '' : ` # ${parameters.add(referenceMask(scope, parameter), 'bigint')}`;
    const found = [inner, { ...inner, contained: true as const, visible: ALL_VISIBLE }]
      .map(
        (one) =>
          `SELECT ${inner.alias}.self${mask} FROM fhir_search ${inner.alias} WHERE ${searchSql(one, [condition])}`,
      )
      .join('\n  UNION ALL ');
    return isPatient ? `${alias}.patient IN (${found})` : `${alias}.keys && ARRAY(${found})`;
  });
  return parts.length === 0 ? 'false' : `(${parts.join(' OR ')})`;
}

/** Of any key of the resources that refer here, XOR the mask is the hash of this one only where the key is that of the reference. */
function hasSql(scope: Scope, { type, parameter, condition }: Extract<Condition, { kind: 'has' }>): string {
  const { alias, parameters } = scope;
  const inner = inside(scope, type);
  const where = searchSql(inner, [condition]);
  if (scope.type === 'Patient' && isThePatient(type, parameter)) {
    return `${alias}.self IN (SELECT ${inner.alias}.patient FROM fhir_search ${inner.alias} WHERE ${where})`;
  }
  const mask = parameters.add(referenceMask(inner, parameter), 'bigint');
  return `${alias}.self IN (SELECT k # ${mask} FROM fhir_search ${inner.alias}, unnest(${inner.alias}.keys) AS k WHERE ${where})`;
}

function inside(scope: Scope, type: string): Scope {
  const alias = ALIASES[ALIASES.indexOf(scope.alias) + 1];
  if (alias === undefined) throw new Error('a search is nested too deep');
  const { contained: _, ...outer } = scope;
  return { ...outer, type, alias };
}
