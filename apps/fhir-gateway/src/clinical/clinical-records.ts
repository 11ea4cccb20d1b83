import { twinKey, TOPICS, type ClinicalRecord } from '#libs/contracts';
import { FHIR_SOURCE } from '#libs/domain/twin';
import type { NewRecord } from '#libs/platform/messaging';
import type { PatientNews, RequestOrigin } from '#libs/fhir-rest';

/** Kafka's default limit of a message is 1 MB; a record stays well below it. */
const MAX_CHARACTERS = 400_000;

/** One log record per patient of a request; more than one only where it would be too large for the log. */
export function clinicalRecords(
  news: ReadonlyMap<string, PatientNews>,
  origin: Omit<RequestOrigin, 'allowed'>,
): NewRecord[] {
  return [...news].flatMap(([patient, one]) =>
    parts(one).map(({ facts, samples }) => {
      const record: ClinicalRecord = {
        v: 1,
        kind: 'clinical',
        tenant: origin.tenant,
        patient,
        receivedAt: origin.receivedAt,
        source: FHIR_SOURCE,
        author: origin.author,
        facts,
        samples,
      };
      return {
        topic: TOPICS.patientInput,
        key: twinKey(origin.tenant, 'patient', patient),
        value: JSON.stringify(record),
      };
    }),
  );
}

function parts(news: PatientNews): PatientNews[] {
  if (roughly(news) <= MAX_CHARACTERS) return [news];
  const total = news.facts.length + news.samples.length;
  // One item alone is as large as a resource may be, and cannot be cut.
  if (total <= 1) return [news];
  const half = Math.ceil(total / 2);
  const facts = Math.min(half, news.facts.length);
  const samples = half - facts;
  return [
    ...parts({ facts: news.facts.slice(0, facts), samples: news.samples.slice(0, samples) }),
    ...parts({ facts: news.facts.slice(facts), samples: news.samples.slice(samples) }),
  ];
}

function roughly(news: PatientNews): number {
  if (news.facts.length + news.samples.length < 200 && !news.samples.some((sample) => (sample.s?.length ?? 0) > 500))
    return 0;
  return JSON.stringify(news).length;
}
