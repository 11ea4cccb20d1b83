import type { SampleRefusalCode } from '#libs/contracts';

/** Why one sample goes no further. `message` is for the sender; it never names another tenant's data. */
export interface Refusal {
  readonly kind: 'refused';
  readonly index: number;
  readonly code: SampleRefusalCode;
  readonly message: string;
  readonly pointer: string | undefined;
  /** What was sent, for the list of rejections; undefined where it could not be read. */
  readonly raw: unknown;
}

export function refuse(
  index: number,
  code: SampleRefusalCode,
  message: string,
  raw?: unknown,
  pointer?: string,
): Refusal {
  return { kind: 'refused', index, code, message, pointer, raw };
}

const MAX_TEXT = 300;
const MAX_FIELDS = 32;
const MAX_ITEMS = 20;
const DEEPEST = 5;

/**
 * A copy of what was sent that is safe to keep: bounded in depth, width and length, without NUL and lone surrogates, which
 * PostgreSQL's jsonb refuses.
 */
export function kept(raw: unknown, depth = 0): unknown {
  if (typeof raw === 'string') return keptText(raw);
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : String(raw);
  if (typeof raw !== 'object' || raw === null) return raw ?? null;
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(raw)) {
    const items = raw.slice(0, MAX_ITEMS).map((item) => kept(item, depth + 1));
    return raw.length > MAX_ITEMS ? [...items, `… ${raw.length - MAX_ITEMS} more`] : items;
  }
  const entries = Object.entries(raw).slice(0, MAX_FIELDS);
  return Object.fromEntries(entries.map(([name, value]) => [keptText(name), kept(value, depth + 1)]));
}

function keptText(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return short.toWellFormed().replaceAll('\u0000', '\ufffd');
}
