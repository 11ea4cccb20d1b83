import { Problem } from '#libs/platform/http';

/** The header `Idempotency-Key` as sent, 1 to 255 visible ASCII characters. @throws Problem 400 */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined || /^[!-~]{1,255}$/.test(header)) return header;
  throw new Problem(400, 'invalid', 'the header Idempotency-Key must be 1 to 255 visible ASCII characters');
}
