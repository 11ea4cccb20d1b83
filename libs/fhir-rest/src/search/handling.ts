import type { SearchParameterValue } from '#libs/fhir-search';
import { refusal } from '../answers/refusal.js';

/** `Prefer: handling`: whether a parameter that is not known is refused or left out. */
export type Handling = 'strict' | 'lenient';

/** `Prefer: handling=strict` (R4 search.html#errors): unknown parameters are refused. */
export function handlingOf(prefer: string | undefined): Handling {
  return /(?:^|[,;\s])handling=("?)strict\1(?=$|[,;\s])/.test(prefer ?? '') ? 'strict' : 'lenient';
}

/** Of requests that are no searches: they take these parameters only. @throws OutcomeProblem 400 when others are refused */
export function requireTaken(
  parameters: readonly Pick<SearchParameterValue, 'name'>[],
  taken: readonly string[],
  handling: Handling,
): void {
  const others = handling === 'strict' ? parameters.filter(({ name }) => !taken.includes(name)) : [];
  if (others.length === 0) return;
  throw refusal(
    400,
    others.map(({ name }) => ({
      severity: 'error',
      code: 'not-supported',
      diagnostics: `${shown(name)}: there is no such parameter here; there are ${taken.filter(isOfClients).join(', ')}`,
      expression: [`http.${shown(name)}`],
    })),
  );
}

/** The place of a page is for links. */
function isOfClients(name: string): boolean {
  return name !== '_cursor';
}

/** A name as far as it could be one. */
export function shown(name: string): string {
  return name.replace(/[^\w:.-]/g, '?').slice(0, 80);
}
