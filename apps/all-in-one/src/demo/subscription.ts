import type { AlertReceiver } from './alert-receiver.js';
import type { DemoFile, DemoState } from './demo-file.js';
import type { ApiClient } from './api-client.js';

/** Has alerts sent to the receiver: keeps the webhook of the last start if it still fits, else puts a new one in its place. Answers what the next start has to know. */
export async function subscribe(
  api: ApiClient,
  receiver: AlertReceiver,
  file: DemoFile,
  state: DemoState,
): Promise<DemoState> {
  const last = state.webhook;
  if (last !== undefined) {
    const answer = await api.ask('GET', `/v1/webhooks/${last.id}`);
    const { url, status } = answer.body as { readonly url?: string; readonly status?: string };
    if (answer.status === 200 && url === receiver.url && status === 'active') {
      receiver.secret = last.secret;
      return state;
    }
    if (answer.status === 200) await api.must('DELETE', `/v1/webhooks/${last.id}`);
  }
  const made = await api.must('POST', '/v1/webhooks', { url: receiver.url, description: 'the demo, on this machine' });
  const { id, secret } = made as { readonly id: string; readonly secret: string };
  receiver.secret = secret;
  const next = { ...state, webhook: { id, secret, port: receiver.port } };
  file.save(next);
  return next;
}
