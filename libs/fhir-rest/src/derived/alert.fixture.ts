import type { Alert } from '#libs/contracts';

/** An alert as an engine emits it. */
export function alertOf(over: Partial<Alert> = {}): Alert {
  return {
    id: '5f0c0f3e-8a57-8b1c-9d55-0c2f6f6d7f10',
    episode: '5f0c0f3e-8a57-8b1c-9d55-0c2f6f6d7f10',
    sequence: 1,
    patient: 'p1',
    rule: { id: 'glucose-very-low', version: '1.2.0', title: 'Very low glucose' },
    category: 'physiological',
    severity: 'medium',
    status: 'open',
    transition: 'raised',
    effectiveAt: '2026-11-29T06:00:00.000Z',
    raisedAt: '2026-11-29T06:00:02.000Z',
    lateSeconds: 2,
    summary: 'Glucose 52 mg/dL at 06:00:00 UTC, below the default limit of 54 mg/dL.',
    evidence: [
      {
        id: 'a3b1c2d4-0000-8000-8000-0000000000aa.2',
        code: 'glucose',
        value: 52,
        unit: 'mg/dL',
        effectiveAt: '2026-11-29T06:00:00.000Z',
        source: 'cgm-1',
        quality: 'good',
        ageSeconds: 0,
      },
    ],
    threshold: null,
    explanation: { why: 'why', clears: 'clears', precision: { useful: 0, notUseful: 0, share: null } },
    disclaimer: 'Research software.',
    ...over,
  };
}
