import type { PatientInput } from '#libs/contracts';
import { measureByNumber } from '#libs/domain/quantities';
import type { RefusedValue } from '#libs/domain/twin';
import type { NewRejection } from '#libs/platform/storage';

/** Why an accepted value is not used, for its sender. Others are in the history, with the reason among `qualityReasons`. */
const WORDS: Readonly<Record<string, string>> = {
  'ahead-of-receipt':
    'the effective time is more than a day after the receipt; the value is stored, and no rule judges it; check the clock of the device',
  'measure-unknown': 'the code is of no measure of the catalogue',
  'time-invalid': 'the effective time is no time in the years 1 to 9999',
  'value-missing': 'there is no value',
  'value-not-finite': 'the value, or one of a series, is not a finite number',
};

/** FHIR resource that a sourced identifier begins with. */
const RESOURCE = /^[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9\-.]{1,64}/;

/**
 * Values of a record that its gateway accepted and that came to nothing, as `GET /v1/rejections` lists them.
 *
 * @param request where the record stands in the log, as in `position` of the answer that accepted it
 */
export function rejectionsOf(
  input: PatientInput,
  refused: readonly RefusedValue[],
  request: string,
): readonly NewRejection[] {
  if (refused.length === 0 || (input.kind !== 'samples' && input.kind !== 'clinical')) return [];
  const isFhir = input.kind === 'clinical';
  return refused.flatMap((value): readonly NewRejection[] => {
    const message = WORDS[value.reason];
    if (message === undefined) return [];
    const { code, t, x, source, device, id } = value;
    const measure = measureByNumber(code);
    const at = new Date(t);
    return [
      {
        tenant: input.tenant,
        at: input.receivedAt,
        door: isFhir ? 'fhir' : (input.door ?? 'http'),
        request,
        index: null,
        code: value.reason,
        message,
        client: isFhir ? (input.author ?? null) : null,
        patient: input.patient,
        resource: (isFhir ? RESOURCE.exec(id ?? '')?.[0] : undefined) ?? null,
        sample: {
          patient: input.patient,
          code: measure?.name ?? code,
          ...(x === undefined || !Number.isFinite(x) ? {} : { value: x, unit: measure?.unit }),
          effectiveAt: Number.isNaN(at.getTime()) ? t : at.toISOString(),
          source,
          ...(device === '' ? {} : { device }),
          ...(id === undefined ? {} : { id }),
        },
      },
    ];
  });
}
