import type { RejectedSample, SamplesAnswer, WireSample } from '#libs/contracts';
import { contentHash } from '#libs/domain/quantities';
import type { Position } from '#libs/platform/messaging';
import { type Refusal } from '#libs/samples';
import type { OwnedSample } from '../senders/group-by-patient.js';

const MAX_LISTED = 10_000;
const MAX_REMEMBERED = 100_000;

/** What came of one request so far. Bounded, however long the request is. */
export class Tally {
  accepted = 0;
  duplicates = 0;
  private readonly rejected: RejectedSample[] = [];
  private unlisted = 0;
  private readonly last = new Map<string, Position>();
  private readonly seen = new Map<string, string>();

  /** Notes a refusal; false when it is beyond those that are listed. */
  reject(refusal: Refusal): boolean {
    if (this.rejected.length >= MAX_LISTED) {
      this.unlisted++;
      return false;
    }
    const { index, code, message, pointer } = refusal;
    this.rejected.push({ index, code, message, ...(pointer === undefined ? {} : { pointer }) });
    return true;
  }

  /**
   * True when the last sample of the same identity in this request said the same. Of a long stream the newest 100,000 are
   * remembered; the engine finds the rest.
   */
  isDuplicate(sample: OwnedSample): boolean {
    const key = identityKey(sample);
    const content = contentKey(sample.wire);
    if (this.seen.get(key) === content) return true;
    if (this.seen.size >= MAX_REMEMBERED) this.seen.clear();
    this.seen.set(key, content);
    return false;
  }

  appended(positions: readonly Position[]): void {
    for (const position of positions) {
      const key = `${position.topic}:${position.partition}`;
      const held = this.last.get(key);
      if (held === undefined || held.offset < position.offset) this.last.set(key, position);
    }
  }

  answer(): SamplesAnswer {
    const positions = [...this.last.values()].sort(
      (a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition,
    );
    return {
      accepted: this.accepted,
      duplicates: this.duplicates,
      rejected: this.rejected.toSorted((a, b) => a.index - b.index),
      ...(this.unlisted === 0 ? {} : { rejectedUnlisted: this.unlisted }),
      position: positions.map(({ topic, partition, offset }) => `${topic}:${partition}:${offset}`).join(','),
    };
  }
}

/** The same parts as `identityOf` of the domain, without the cost of its hash. */
function identityKey({ patient, device, source, wire }: OwnedSample): string {
  // A source and an identifier may hold any character: the length says where the one ends.
  if (wire.i !== undefined) return `${patient}|s${source.length}:${source}${wire.i}`;
  return `${patient}|${device === '' ? `f${source.length}:${source}` : `d|${device}`}|${wire.c}|${wire.t}|${wire.h ?? ''}|${wire.o?.[1] ?? ''}`;
}

function contentKey(wire: WireSample): string {
  if (wire.s === undefined)
    return `${wire.x}|${wire.q ?? 0}|${wire.i === undefined ? '' : `${wire.c}|${wire.t}|${wire.h ?? ''}`}`;
  return contentHash({ code: wire.c, t: wire.t, series: wire.s, periodMs: wire.p, channel: wire.h, quality: wire.q });
}
