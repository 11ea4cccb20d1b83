import { resolveCode, type Measure } from '#libs/domain/quantities';
import { Problem } from '#libs/platform/http';

/** The measure that a request names. @throws Problem 400 `code-unknown` */
export function askedMeasure(code: string): Measure {
  const measure = resolveCode(code);
  if (measure !== undefined) return measure;
  const detail = 'must be a name of the catalogue, or one of its LOINC or MDC codes';
  throw new Problem(400, 'code-unknown', 'the code is not in the catalogue', [
    { pointer: '/code', code: 'code-unknown', detail },
  ]);
}
