import { CATALOGUE } from './catalogue.js';
import type { Measure, MeasureName } from './measure.js';

export const LOINC = 'http://loinc.org';
export const MDC = 'urn:iso:std:iso:11073:10101';

/** Reference ids of the MDC terms in the catalogue (ISO/IEEE 11073-10101), for senders that use names. */
const MDC_NAMES: Readonly<Record<string, number>> = {
  MDC_ECG_HEART_RATE: 147842,
  MDC_PULS_OXIM_PULS_RATE: 149530,
  MDC_PULS_RATE_NON_INV: 149546,
  MDC_ECG_TIME_PD_RR_GL: 147240,
  MDC_PULS_OXIM_SAT_O2: 150456,
  MDC_RESP_RATE: 151562,
  MDC_TTHOR_RESP_RATE: 151578,
  MDC_PRESS_BLD_NONINV_SYS: 150021,
  MDC_PRESS_BLD_NONINV_DIA: 150022,
  MDC_PRESS_BLD_NONINV_MEAN: 150023,
  MDC_PRESS_BLD_ART_SYS: 150033,
  MDC_PRESS_BLD_ART_DIA: 150034,
  MDC_PRESS_BLD_ART_MEAN: 150035,
  MDC_PRESS_BLD_ART_ABP_SYS: 150037,
  MDC_PRESS_BLD_ART_ABP_DIA: 150038,
  MDC_PRESS_BLD_ART_ABP_MEAN: 150039,
  MDC_TEMP_BODY: 150364,
  MDC_TEMP_EAR: 188428,
  MDC_TEMP_ORAL: 188424,
  MDC_TEMP_AXILLA: 188452,
  MDC_CONC_GLU_ISF: 160212,
  MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD: 160184,
  MDC_CONC_GLU_UNDETERMINED_PLASMA: 160368,
  MDC_MASS_BODY_ACTUAL: 188736,
  MDC_ECG_ELEC_POTL: 131328,
  MDC_ECG_ELEC_POTL_I: 131329,
  MDC_ECG_ELEC_POTL_II: 131330,
  MDC_ECG_ELEC_POTL_III: 131389,
  MDC_PULS_OXIM_PLETH: 150452,
  MDC_PRESS_BLD_ART_ABP: 150036,
  MDC_PRESS_BLD_ART: 150032,
  MDC_INS_BOLUS: 8418344,
  MDC_INS_BASAL: 8418288,
  MDC_INS_BASAL_RATE_SETTING: 8418300,
  MDC_CTXT_GLU_CARB: 8417764,
  MDC_CTXT_GLU_CARB_BREAKFAST: 8417768,
  MDC_CTXT_GLU_CARB_LUNCH: 8417772,
  MDC_CTXT_GLU_CARB_DINNER: 8417776,
  MDC_CTXT_GLU_CARB_SNACK: 8417780,
  MDC_CTXT_GLU_CARB_DRINK: 8417784,
  MDC_CTXT_GLU_CARB_SUPPER: 8417788,
  MDC_CTXT_GLU_CARB_BRUNCH: 8417792,
  MDC_CTXT_GLU_EXERCISE: 8417760,
  MDC_HF_ACTIVITY_INTENSITY: 8454271,
};

const byNumber = new Map(CATALOGUE.map((measure) => [measure.number, measure]));
const byName = new Map<string, Measure>(CATALOGUE.map((measure) => [measure.name, measure]));
const byLoinc = new Map(CATALOGUE.flatMap((measure) => measure.loinc.map((code) => [code, measure] as const)));
const byMdc = new Map(CATALOGUE.flatMap((measure) => measure.mdc.map((code) => [String(code), measure] as const)));
for (const [name, code] of Object.entries(MDC_NAMES)) {
  const measure = byMdc.get(String(code));
  if (measure !== undefined) byMdc.set(name, measure);
}
const byCode = new Map([...byName, ...byLoinc, ...byMdc]);

/** The measure with this catalogue number, as stored in the log and the database. */
export function measureByNumber(number: number): Measure | undefined {
  return byNumber.get(number);
}

/** The measure with this catalogue name, such as `heart-rate`; undefined where there is none of that name. */
export function measureByName(name: MeasureName): Measure;
export function measureByName(name: string): Measure | undefined;
export function measureByName(name: string): Measure | undefined {
  return byName.get(name);
}

/** The measure that a FHIR Coding names: LOINC (`http://loinc.org`) or MDC (`urn:iso:std:iso:11073:10101`, number or name). */
export function measureByCoding(system: string, code: string): Measure | undefined {
  if (system === LOINC) return byLoinc.get(code);
  if (system === MDC) return byMdc.get(code);
  return undefined;
}

/** The measure of a sample's `code`: a catalogue name, a LOINC code, or an MDC number or reference id. */
export function resolveCode(code: string): Measure | undefined {
  return byCode.get(code);
}

/** How answers show a measure beside its name: the first LOINC code, else the first MDC code. */
export function codingOf(measure: Measure): { readonly system: string; readonly code: string } {
  const loinc = measure.loinc[0];
  return loinc === undefined ? { system: MDC, code: String(measure.mdc[0]) } : { system: LOINC, code: loinc };
}
