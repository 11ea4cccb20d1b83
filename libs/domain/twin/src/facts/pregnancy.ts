import type { FactState } from '../state/state.js';

/** When a person is pregnant as one fact says, ms; open ends are infinite. */
export interface PregnancySpan {
  readonly from: number;
  readonly to: number;
}

interface Coding {
  readonly system?: unknown;
  readonly code?: unknown;
  readonly also?: unknown;
}

/**
 * SNOMED CT: pregnancy (77386006), normal (72892002), high risk (47200007), multiple (16356006), twin (65147003), confirmed by urine, blood,
 * examination, history and palpation (169560008 … 169564004). Others are not recognised.
 */
const SNOMED = new Set(
  '77386006 72892002 47200007 16356006 65147003 169560008 169561007 169562000 169563005 169564004'.split(' '),
);
/** ICD-10 and its national forms: chapter O (pregnancy, childbirth and the puerperium), Z33, Z34, Z3A (weeks of gestation). */
const ICD_10 = /^(O\d[0-9A]|Z3[34A])(\..*)?$/;
/** LOINC 82810-3 Pregnancy status, and its answers: LA15173-0 Pregnant, LA26683-5 Not pregnant; SNOMED CT 60001007 Not pregnant. */
const STATUS = '82810-3';
const PREGNANT_ANSWERS = new Set(['LA15173-0', ...SNOMED]);
const NOT_PREGNANT_ANSWERS = new Set(['LA26683-5', '60001007']);
/** How long a status once observed can hold, ms: 42 completed weeks, after which a pregnancy is post-term (WHO). */
export const STATUS_HOLDS = 42 * 7 * 86_400_000;

const UNCERTAIN = new Set(['refuted', 'entered-in-error']);
const OVER = new Set(['resolved', 'inactive', 'remission']);

/** Whether a fact says something of pregnancy, so that limits follow from it. */
export function isAboutPregnancy(fact: FactState): boolean {
  return isStatus(fact) || spanOf(fact) !== null;
}

/** When the person is pregnant, as all these facts say; a newer observed status counts instead of an older one. */
export function pregnanciesOf(facts: readonly FactState[]): readonly PregnancySpan[] {
  const spans: PregnancySpan[] = [];
  let newest: FactState | undefined;
  for (const fact of facts) {
    if (isStatus(fact)) {
      if (isAnswered(fact) && (newest === undefined || (fact.from ?? 0) > (newest.from ?? 0))) newest = fact;
      continue;
    }
    const span = spanOf(fact);
    if (span !== null) spans.push(span);
  }
  const from = newest?.from ?? 0;
  if (newest !== undefined && hasCode(newest.content['value'], PREGNANT_ANSWERS)) {
    spans.push({ from, to: from === 0 ? Infinity : from + STATUS_HOLDS });
  }
  return spans;
}

function isStatus({ kind, content }: FactState): boolean {
  return kind === 'condition' && codingsOf(content['code']).some(({ code }) => code === STATUS);
}

function isAnswered({ content }: FactState): boolean {
  return hasCode(content['value'], PREGNANT_ANSWERS) || hasCode(content['value'], NOT_PREGNANT_ANSWERS);
}

function spanOf({ kind, content, from, to }: FactState): PregnancySpan | null {
  if (kind !== 'condition' || !codingsOf(content['code']).some(isPregnancy)) return null;
  if (UNCERTAIN.has(String(content['verificationStatus']))) return null;
  if (OVER.has(String(content['clinicalStatus']))) return null;
  // An abatement that is no date (an age, a text) is over; a date is where it ends.
  if (to === undefined && content['abatement'] !== undefined) return null;
  return { from: from ?? -Infinity, to: to ?? Infinity };
}

/** A code counts where its system is named so, or not named at all, as facts stored before may have it. */
function isPregnancy({ system, code }: Coding): boolean {
  if (typeof code !== 'string') return false;
  const named = typeof system === 'string' ? system : '';
  if (SNOMED.has(code)) return named === '' || named === 'http://snomed.info/sct';
  return ICD_10.test(code) && (named === '' || /icd-?10/i.test(named));
}

function hasCode(concept: unknown, codes: ReadonlySet<string>): boolean {
  return codingsOf(concept).some(({ code }) => typeof code === 'string' && codes.has(code));
}

/** Every coding of a concept as facts hold it: the first, and the others in `also`. */
function codingsOf(concept: unknown): readonly Coding[] {
  if (typeof concept !== 'object' || concept === null) return [];
  const first = concept as Coding;
  return Array.isArray(first.also) ? [first, ...(first.also as Coding[])] : [first];
}
