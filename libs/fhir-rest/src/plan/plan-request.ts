import type { Issue, JsonObject } from '#libs/domain/fhir';
import { problemsOf, type ValidationMode } from './structure-issues.js';
import { oneIssue } from '../answers/refusal.js';
import type { OwnBases } from '../references/own-base.js';
import { foreignBaseOf, targetKey, type ReferenceContext } from '../references/resolve-reference.js';
import { linksOf, NO_LINKS } from '../entries/bundle-links.js';
import { doublesOf } from '../entries/doubles.js';
import { BadEntry } from '../entries/bad-entry.js';
import type { Entry, WriteEntry } from '../entries/entry.js';
import { readEntry } from '../entries/read-entry.js';
import { unknownElement } from '../entries/unknown-element.js';
import { fetchStep } from './fetch-step.js';
import type { Step } from './step.js';
import type { Handling } from '../search/handling.js';
import { writeContent, type UrnRule } from './write-content.js';

export interface RequestPlan {
  readonly type: 'transaction' | 'batch';
  /** In the order in which they take effect; `index` is their position in the request. */
  readonly steps: readonly Step[];
}

/** Entries of one bundle unless the configuration says otherwise; a Synthea record of a long life has some thousands. */
export const DEFAULT_MAX_ENTRIES = 10_000;

/**
 * Turns a bundle into steps (FHIR R4 http.html#transaction): ids for new resources, references to entries by their fullUrl
 * rewritten, structure checked.
 *
 * @param handling whether a parameter that a read does not know is refused
 * @param own addresses of this server: references to them are references to its resources
 * @throws OutcomeProblem for a bundle that is no transaction or batch (400), or has too many entries (413)
 */
export function planRequest(
  bundle: JsonObject,
  newId: () => string,
  own: OwnBases = [],
  maxEntries = DEFAULT_MAX_ENTRIES,
  mode: ValidationMode = 'strict',
  handling: Handling = 'lenient',
): RequestPlan {
  const type = bundle['type'];
  if (type !== 'transaction' && type !== 'batch') throw otherType(type);
  const unknown = unknownElement(bundle, 'Bundle');
  if (unknown !== undefined) throw oneIssue(400, 'structure', unknown, 'Bundle');
  const { entry: list = [] } = bundle;
  if (!Array.isArray(list)) throw oneIssue(400, 'structure', 'entry must be an array', 'Bundle.entry');
  if (list.length > maxEntries) {
    throw oneIssue(413, 'too-long', `a bundle may have at most ${maxEntries} entries`, 'Bundle.entry');
  }
  const read = list.map((entry, index) => readEntry(entry, index, newId, own));
  const entries = read.filter((entry): entry is Entry => !(entry instanceof BadEntry));
  const atomic = type === 'transaction';
  const doubles = atomic ? doublesOf(entries) : new Map<number, BadEntry>();
  const links = atomic ? linksOf(entries) : NO_LINKS;
  const urns: UrnRule = atomic ? { kind: 'entries' } : { kind: 'no-entries', fullUrls: fullUrlsOf(entries) };
  const steps = read.map((entry): Step => {
    const bad = entry instanceof BadEntry ? entry : doubles.get(entry.index);
    if (bad !== undefined) return refused(bad.index, bad.status, bad.issues);
    const elsewhere = foreignBaseOf((entry as Entry).fullUrl, own);
    return stepOf(entry as Entry, { own, elsewhere, ...links }, urns, { mode, handling });
  });
  return { type, steps: atomic ? inOrderOfEffect(steps) : steps };
}

const OTHER_TYPES: Readonly<Record<string, string>> = {
  message: 'messages are not processed here ($process-message)',
  document: 'a document is stored by POST /Bundle',
  collection: 'a collection is stored by POST /Bundle',
  history: 'a history cannot be replayed',
  searchset: 'a searchset is an answer',
  'transaction-response': 'this is an answer',
  'batch-response': 'this is an answer',
};

function otherType(type: unknown): Error {
  const why = typeof type === 'string' && Object.hasOwn(OTHER_TYPES, type) ? `: ${OTHER_TYPES[type]}` : '';
  const code = why === '' ? 'value' : 'not-supported';
  return oneIssue(400, code, `this address takes bundles of type transaction or batch${why}`, 'Bundle.type');
}

function fullUrlsOf(entries: readonly Entry[]): ReadonlySet<string> {
  return new Set(entries.flatMap(({ fullUrl }) => (fullUrl === undefined ? [] : targetKey(fullUrl))));
}

/** How strict a request is read. */
interface Strictness {
  readonly mode: ValidationMode;
  readonly handling: Handling;
}

function stepOf(entry: Entry, references: ReferenceContext, urns: UrnRule, { mode, handling }: Strictness): Step {
  switch (entry.method) {
    case 'GET':
    case 'HEAD':
      return fetchStep(entry, handling);
    case 'DELETE': {
      const { index, type, id, ifMatch, condition } = entry;
      return { kind: 'delete', index, type, id, at: `Bundle.entry[${index}]`, ifMatch, condition };
    }
    case 'PATCH': {
      const { index, type, id, ifMatch, condition, patch } = entry;
      return {
        kind: 'patch',
        index,
        type,
        id,
        at: `Bundle.entry[${index}].resource`,
        patch,
        references,
        validation: mode,
        ifMatch,
        condition,
      };
    }
    case 'POST':
    case 'PUT':
      return writeStep(entry, references, urns, mode);
  }
}

function writeStep(entry: WriteEntry, references: ReferenceContext, urns: UrnRule, mode: ValidationMode): Step {
  const { index, type, id, condition, ifMatch, ifNoneMatch } = entry;
  const at = `Bundle.entry[${index}].resource`;
  const { issues: wrong, ...content } = writeContent(entry.resource, references, at, urns);
  const problems = problemsOf(content.resource, at, mode);
  const issues = [...problems.refused, ...wrong];
  if (issues.length > 0) return refused(index, 422, issues);
  const head = { index, type, id, at, condition, ...content, tolerated: problems.tolerated };
  return entry.method === 'POST' ? { kind: 'create', ...head } : { kind: 'update', ...head, ifMatch, ifNoneMatch };
}

function refused(index: number, status: number, issues: readonly Issue[]): Step {
  return { kind: 'refused', index, status, issues };
}

/**
 * Deletes, creates, updates, reads (FHIR R4 http.html#trules). Within creates and updates the order says nothing: what conditions mean is
 * settled before any of them takes effect. So Patients come first, then Devices and who uses them, and a reference may point forward.
 */
function inOrderOfEffect(steps: readonly Step[]): Step[] {
  return [...steps].sort((a, b) => rankOf(a) - rankOf(b) || a.index - b.index);
}

function rankOf(step: Step): number {
  switch (step.kind) {
    case 'refused':
      return 0;
    case 'delete':
      return 1;
    case 'create':
    case 'update':
    case 'patch':
      return RANKS.get(step.type) ?? LAST_WRITE;
    case 'read':
    case 'vread':
    case 'search':
    case 'history':
      return LAST_WRITE + 1;
  }
}

/** What other writes of the transaction rest on: who there is, and whose a device's values are. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ['Patient', 2],
  ['Device', 3],
  ['DeviceUseStatement', 4],
]);
const LAST_WRITE = 5;
