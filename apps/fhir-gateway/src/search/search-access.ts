import { systemScopes, type Access } from '#libs/platform/auth';
import { insufficientScope } from '#libs/platform/http';
import { parseCriteria, type Condition } from '#libs/fhir-search';
import type { Queries, SearchAccess, Visible } from '#libs/fhir-rest';

/**
 * What the scopes of a client let it see: what it finds needs `s`, what is included `r` (or `s`, which shows whole resources, too). A scope
 * with a restriction lets it see what the restriction finds; one whose restriction is no search of the type, nothing.
 */
export function searchAccess(access: Access, own: readonly string[]): SearchAccess {
  return { found: visibleBy(access, /s/, own), included: visibleBy(access, /[rs]/, own) };
}

/** Every type that a search looks at must be one that the client may search. @throws Problem 403 */
export function requireSearchable(queries: Queries, { found }: SearchAccess): void {
  for (const { type, conditions } of queries) {
    requireVisible(found, [type]);
    for (const condition of conditions) {
      if (condition.kind === 'has') requireVisible(found, [condition.type]);
      if (condition.kind === 'chain')
        requireVisible(
          found,
          condition.targets.map((target) => target.type),
        );
    }
  }
}

/** One of the types at least. */
function requireVisible(found: Visible, types: readonly string[]): void {
  if (types.some((type) => found(type).length > 0)) return;
  throw insufficientScope(types.map((type) => `system/${type}.s`));
}

function visibleBy(access: Access, verbs: RegExp, own: readonly string[]): Visible {
  const scopes = systemScopes(access.scopes).filter((scope) => verbs.test(scope.verbs));
  const known = new Map<string, readonly (readonly Condition[])[]>();
  return (type) => {
    let alternatives = known.get(type);
    if (alternatives === undefined) {
      const ofType = scopes.filter((scope) => scope.type === '*' || scope.type === type);
      alternatives = ofType.flatMap(({ restriction }) => conditionsOf(type, restriction, own) ?? []);
      if (alternatives.some((one) => one.length === 0)) alternatives = [[]];
      known.set(type, alternatives);
    }
    return alternatives;
  };
}

function conditionsOf(
  type: string,
  restriction: ReturnType<typeof systemScopes>[number]['restriction'],
  own: readonly string[],
): readonly (readonly Condition[])[] | undefined {
  if (restriction.length === 0) return [[]];
  const parameters = restriction.map(({ name, values }) => ({ name, value: values.join(',') }));
  const parsed = parseCriteria(type, parameters, { ownBases: own });
  return parsed.kind === 'ok' ? [parsed.conditions] : undefined;
}
