import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.js';

const LOOK_EVERY_MS = 500;
const MAX_LOOKS = 60;

interface Twin {
  readonly measures: Readonly<Record<string, { readonly effectiveAt: string } | undefined>>;
}

/** Has the model fitted to a person once the twin knows the reading at `until` (ISO 8601); gives up after half a minute each, and says nothing. */
export async function fitTo(api: ApiClient, patient: string, until: string, closing: AbortSignal): Promise<void> {
  const isKnown = await holds(closing, async () => {
    const { measures } = (await api.must('GET', `/v1/twins/${patient}`)) as Twin;
    return (measures['glucose']?.effectiveAt ?? '') >= until;
  });
  if (!isKnown) return;
  const started = await api.ask('POST', `/v1/twins/${patient}/parameters/fit`, {});
  if (started.status !== 202) return;
  const { url } = started.body as { readonly url: string };
  await holds(closing, async () => {
    const { status } = (await api.must('GET', url)) as { readonly status: string };
    return status !== 'waiting' && status !== 'running';
  });
}

async function holds(closing: AbortSignal, look: () => Promise<boolean>): Promise<boolean> {
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    if (await look()) return true;
    await sleep(LOOK_EVERY_MS, undefined, { signal: closing });
  }
  return false;
}
