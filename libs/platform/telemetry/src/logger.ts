import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * Fields a log line may have: ids, counts, codes and times of our own making. Any other field is left out, so that a payload
 * handed over by mistake does not reach the log.
 */
const ALLOWED_FIELDS = new Set(
  `role app tenant patient client request episode rule transition webhook message_id delivery act topic
  partition partitions offset group consumer door method route status code reason attempt attempts count
  records samples measurements resources transitions bytes ms seconds lag waiting limit port host state
  version check signal url_host config err`.split(/\s+/),
);

const MAX_TEXT = 300;

/** JSON lines on stdout (or `destination`), one per event; see {@link ALLOWED_FIELDS} for what they may say. */
export function createLogger(
  options: { readonly level: string; readonly role: string },
  destination?: DestinationStream,
): Logger {
  const settings = {
    level: options.level,
    base: { role: options.role },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: allowed },
    serializers: { err: errorFields },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

function allowed(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!ALLOWED_FIELDS.has(name)) continue;
    if (name === 'err') kept['err'] = errorFields(value);
    else if (name === 'config') kept['config'] = value;
    else kept[name] = scalar(value);
  }
  return kept;
}

function scalar(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  if (Array.isArray(value)) return value.slice(0, 32).map(scalar);
  return typeof value === 'object' && value !== null ? '[object]' : value;
}

/**
 * What may be said of an error: its type, code and where it arose. Messages of databases and parsers quote the data they
 * stumbled over, so only those of the operating system (connection refused, …) are shown.
 */
function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return isFields(error) ? error : { type: typeof error };
  const { code, syscall, constraint, table } = error as Error & Record<string, unknown>;
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim().slice(3));
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    ...(typeof table === 'string' ? { table } : {}),
    ...(typeof syscall === 'string' || SAFE_MESSAGES.has(error.name)
      ? { message: error.message.slice(0, MAX_TEXT) }
      : {}),
    at: frames,
  };
}

/** Errors whose messages we write ourselves, without data. TypeError and the like may quote a value. */
const SAFE_MESSAGES = new Set(['ConfigError', 'LogFullError', 'StartupError']);

/** True for fields that {@link errorFields} made before. */
function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'type' in value && 'at' in value;
}
