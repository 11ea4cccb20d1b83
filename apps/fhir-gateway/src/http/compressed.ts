import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { takesGzip } from '#libs/fhir-rest';

const inThread = promisify(gzip);
/** Shorter answers than this fit a packet or two anyway. */
const MIN_CHARACTERS = 2_048;

/** The answer in gzip where the client takes that and it is worth the time; tags are weak, so they hold for both. */
export async function compressed(request: FastifyRequest, reply: FastifyReply, text: string): Promise<string | Buffer> {
  if (text.length < MIN_CHARACTERS) return text;
  void reply.header('vary', 'accept-encoding');
  if (!takesGzip(request.headers['accept-encoding'])) return text;
  const bytes = await inThread(text, { level: constants.Z_BEST_SPEED });
  void reply.header('content-encoding', 'gzip').header('content-length', bytes.length);
  return bytes;
}
