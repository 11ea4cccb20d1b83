import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** A program that writes a password may be slow; a pipe that nobody writes to must not wait for ever. */
const WAIT_FOR_LINE_MS = 10_000;

/** A password for an account, and whether it was made here and so has to be shown. */
export interface AskedPassword {
  readonly password: string;
  readonly isGenerated: boolean;
}

/** 120 bits, without characters that are mistaken for each other by a shell. */
export function generatedPassword(): string {
  return randomBytes(15).toString('base64url');
}

/**
 * Asks for a password: on a terminal, twice and without showing it; else it is the first line of the input. An empty answer: one is generated.
 *
 * @throws Error when the two given on a terminal differ
 */
export async function askPassword(input: NodeJS.ReadStream, output: NodeJS.WritableStream): Promise<AskedPassword> {
  const given = input.isTTY ? await fromTerminal(input, output) : await firstLine(input);
  return given === '' ? { password: generatedPassword(), isGenerated: true } : { password: given, isGenerated: false };
}

async function firstLine(input: NodeJS.ReadStream): Promise<string> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    const read = lines[Symbol.asyncIterator]().next();
    const line = await Promise.race([read, sleep(WAIT_FOR_LINE_MS, undefined, { ref: false })]);
    return line === undefined || line.done === true ? '' : line.value;
  } finally {
    lines.close();
    input.destroy();
  }
}

async function fromTerminal(input: NodeJS.ReadStream, output: NodeJS.WritableStream): Promise<string> {
  // readline shows what is typed by writing it: nothing is written here but the questions.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: true });
  try {
    const ask = async (question: string): Promise<string> => {
      output.write(question);
      const answer = await lines.question('');
      output.write('\n');
      return answer;
    };
    const first = await ask('Password (empty: one is generated): ');
    if (first !== '' && (await ask('The same again: ')) !== first) throw new Error('the two passwords differ');
    return first;
  } finally {
    lines.close();
  }
}
