import type { Pool } from 'pg';

/** A patient of the tenant. `bornAt`: earliest moment the birth date allows, ms, anywhere on earth; undefined when unknown. */
export interface Subject {
  readonly patient: string;
  readonly bornAt: number | undefined;
}

/** How long a patient that was found is taken to be there. */
const KEPT_MS = 10_000;
/** One that is asked for after this is looked up again meanwhile, so that nobody whose samples keep coming waits for it. */
const AGAIN_AFTER_MS = 5_000;
const MAX_KEPT = 50_000;
const MAX_AT_ONCE = 1_000;

interface Kept {
  readonly subject: Subject;
  readonly at: number;
}

interface Asked {
  readonly tenant: number;
  readonly id: string;
  readonly answer: PromiseWithResolvers<Subject | undefined>;
}

/**
 * Finds patients by id. Those found are remembered for ten seconds at most; those that are not there are asked for each time, for they may be
 * made the next moment. What is asked for while a query is under way goes into the next one, whoever asks: after a start, when nobody is
 * remembered, a thousand requests are a few queries.
 */
export class PatientsById {
  private readonly kept = new Map<string, Kept>();
  private readonly asked = new Map<string, Asked>();
  private asking = false;

  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    private readonly now: () => number,
  ) {}

  /** Those of the patients that are there. */
  async find(tenant: number, ids: readonly string[]): Promise<readonly Subject[]> {
    const found: Subject[] = [];
    const unknown: Promise<Subject | undefined>[] = [];
    for (const id of ids) {
      const held = this.kept.get(keyOf(tenant, id));
      const age = held === undefined ? Infinity : this.now() - held.at;
      if (held === undefined || age >= KEPT_MS) unknown.push(this.ask(tenant, id));
      else {
        found.push(held.subject);
        // What fails here is asked for again.
        if (age >= AGAIN_AFTER_MS) this.ask(tenant, id).catch(() => undefined);
      }
    }
    if (unknown.length === 0) return found;
    const answers = await Promise.all(unknown);
    return [...found, ...answers.filter((subject) => subject !== undefined)];
  }

  private ask(tenant: number, id: string): Promise<Subject | undefined> {
    const key = keyOf(tenant, id);
    const asked = this.asked.get(key) ?? { tenant, id, answer: Promise.withResolvers<Subject | undefined>() };
    this.asked.set(key, asked);
    if (!this.asking) void this.askAll();
    return asked.answer.promise;
  }

  private async askAll(): Promise<void> {
    this.asking = true;
    // What else is asked for in this turn of the event loop comes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.asked.size > 0) {
      const some = [...this.asked].slice(0, MAX_AT_ONCE);
      for (const [key] of some) this.asked.delete(key);
      await this.answer(some);
    }
    this.asking = false;
  }

  private async answer(some: readonly (readonly [string, Asked])[]): Promise<void> {
    const at = this.now();
    try {
      const { rows } = await this.pool.query<PatientRow & { readonly tenant: number }>({
        name: 'wearable-patients',
        text: `SELECT t.tenant, t.patient, t.birth_date FROM unnest($1::int[], $2::text[]) AS w (tenant, patient)
          JOIN twins t ON t.tenant = w.tenant AND t.patient = w.patient ${NOT_DELETED}`,
        values: [some.map(([, { tenant }]) => tenant), some.map(([, { id }]) => id)],
      });
      const subjects = new Map(rows.map((row) => [keyOf(row.tenant, row.patient), subjectOf(row)]));
      for (const [key, { answer }] of some) {
        const subject = subjects.get(key);
        this.keep(key, subject, at);
        answer.resolve(subject);
      }
    } catch (error) {
      for (const [, { answer }] of some) answer.reject(error);
    }
  }

  /** @param at when it was asked for: an answer is as old as its question */
  private keep(key: string, subject: Subject | undefined, at: number): void {
    this.kept.delete(key);
    if (subject === undefined) return;
    // A Map keeps the order of insertion: the first key is the oldest.
    const oldest = this.kept.keys().next().value;
    if (this.kept.size >= MAX_KEPT && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(key, { subject, at });
  }
}

function keyOf(tenant: number, id: string): string {
  return `${tenant}/${id}`;
}

/** A twin (`t`) whose Patient was deleted takes no more samples. */
export const NOT_DELETED = `AND NOT EXISTS (SELECT FROM fhir_resources p
  WHERE p.tenant = t.tenant AND p.type = 'Patient' AND p.id = t.patient AND p.deleted)`;

export interface PatientRow {
  readonly patient: string;
  readonly birth_date: string | null;
}

export function subjectOf(row: PatientRow): Subject {
  return { patient: row.patient, bornAt: row.birth_date === null ? undefined : earliest(row.birth_date) };
}

/** FHIR dates may be a year or a month. The day begins first at UTC+14. */
function earliest(birthDate: string): number | undefined {
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(birthDate);
  if (parts === null) return undefined;
  const [, year, month = '1', day = '1'] = parts;
  return Date.UTC(Number(year), Number(month) - 1, Number(day)) - 14 * 3_600_000;
}
