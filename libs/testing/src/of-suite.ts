import { afterAll, beforeAll } from '@jest/globals';

/** What a suite opens before its first test and closes after its last one; only hooks and tests may use it. */
export function ofSuite<T extends { close(): Promise<unknown> }>(open: () => Promise<T>): T {
  const opened = {} as Partial<T>;
  beforeAll(async () => void Object.setPrototypeOf(opened, await open()), 60_000);
  // Nothing is there to close where it could not be opened.
  afterAll(() => opened.close?.(), 60_000);
  return opened as T;
}
