import { uuidOf } from '#libs/domain/quantities';

/** Which forecast: of one twin (its key), model and measure, after the record that made the twin's version. */
interface Named {
  readonly model: string;
  /** Catalogue number. */
  readonly code: number;
  readonly version: number;
}

/** The id of a forecast: the same at every replay. */
export function forecastId(tenant: number, twin: string, { model, code, version }: Named): string {
  return uuidOf(`forecast/${tenant}/${twin}/${model}/${code}/${version}`);
}
