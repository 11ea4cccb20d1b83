import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** Whether a request prefers CSV: by `format`, else by `Accept`. */
export function wantsCsv(format: 'json' | 'csv' | undefined, accept: string | undefined): boolean {
  if (format !== undefined) return format === 'csv';
  const preferred = (accept ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase());
  const [csv, json] = [preferred.indexOf('text/csv'), preferred.indexOf('application/json')];
  return csv !== -1 && (json === -1 || csv < json);
}

/** Sends lines as the client takes them; when reading them fails, the answer breaks off, so that nobody takes a part for the whole. */
export async function sendCsv(reply: FastifyReply, lines: AsyncGenerator<string>, name: string): Promise<void> {
  void reply.header('cache-control', 'no-store').header('content-disposition', `attachment; filename="${name}.csv"`);
  await reply.type('text/csv; charset=utf-8; header=present').send(Readable.from(lines));
}
