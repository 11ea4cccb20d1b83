import type { Clinical } from '../clinical/clinical.js';
import type { PatientNews } from './decision.js';

/** What a request says of patients, collected for the log. */
export class News {
  readonly byPatient = new Map<string, PatientNews>();

  add({ patient, facts, samples }: Pick<Clinical, 'patient' | 'facts' | 'samples'>): void {
    if (patient === undefined || facts.length + samples.length === 0) return;
    const news = this.byPatient.get(patient) ?? { facts: [], samples: [] };
    this.byPatient.set(patient, news);
    news.facts.push(...facts);
    news.samples.push(...samples);
  }
}
