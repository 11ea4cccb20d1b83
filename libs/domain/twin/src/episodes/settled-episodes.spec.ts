import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../alerts/finding.js';
import { citedOf, episodeOf } from '../fixtures/draft.fixture.js';
import type { FoundEpisode } from '../machines/limit-machine.js';
import type { Cited } from '../state/cited.js';
import { asOpen, settle, standingOf, type Standing } from './settled-episodes.js';

const STRETCH = { from: 100, until: 200, sure: 90, goneMs: 10 };
const TO_NOW = { ...STRETCH, until: Infinity };

function cited(t: number): Cited {
  return citedOf({ identity: `value-${t}`, t, x: 0, code: 12 });
}

function finding(rank: 1 | 2 | 3, weight: number, t: number): Finding {
  const cites = [cited(t - 2), cited(t - 1), cited(t)];
  return { rank, weight, cites, words: `${weight}`, limit: 0, limitName: 'x', unit: '1', comparison: 'above' };
}

function found(start: number, end: number | null, over: Partial<FoundEpisode> = {}): FoundEpisode {
  const [first, met, worst] = [cited(start - 2), cited(start), cited(start + 1)];
  return { start, end, rank: 2, peak: 2, first, met, worst, cleared: end === null ? null : cited(end), ...over };
}

function told(n: number, start: number, end: number | null, over: Partial<FoundEpisode> = {}): Standing {
  return { told: n, episode: found(start, end, over) };
}

/** `start-end`, with the ordinal of what stays as it was emitted. */
function spans(all: readonly Standing[]): string[] {
  return all.map(({ told: n, episode: { start, end } }) => `${start}-${end ?? ''}${n === null ? '' : ` (${n})`}`);
}

describe('episodes after a stretch was judged again', () => {
  it('are in order of time: those apart from it stay, those within are as they were found now', () => {
    const standing = [told(0, 10, 50), told(1, 120, 130), told(2, 300, 400)];
    expect(spans(settle(standing, [found(150, 160), found(140, 145)], STRETCH))).toEqual([
      '10-50 (0)',
      '140-145',
      '150-160',
      '300-400 (2)',
    ]);
  });

  it.each([
    ['ended before its surroundings', told(0, 50, 89), ['50-89 (0)']],
    ['ended where it may have lasted into the stretch', told(0, 50, 90), ['50-90']],
    ['reaches into the stretch from before: it ends where the stretch begins', told(0, 89, 150), ['89-100']],
    ['began where the stretch would have shown it', told(0, 90, 150), []],
    ['ends with the stretch', told(0, 120, 200), []],
    ['goes on beyond the stretch', told(0, 120, 201), ['120-201 (0)']],
    ['is open', told(0, 50, null), ['50- (0)']],
    ['begins with the last of the stretch', told(0, 200, 205), ['200-205 (0)']],
    ['begins after it', told(0, 201, 205), ['201-205 (0)']],
  ])('what was not found again, and %s', (_, one, left) => {
    expect(spans(settle([one], [], STRETCH))).toEqual(left);
  });

  it.each([
    ['an end', told(0, 50, 190), found(160, 180), ['50-140', '160-180']],
    ['what goes on', told(0, 50, null), found(160, null), ['50-140', '160-']],
  ])('what reached in from before and is split begins once where it began, with %s', (_, one, second, left) => {
    const split = settle([one], [found(70, 140), second], TO_NOW);
    expect(spans(split)).toEqual(left);
    expect(split.map(({ episode }) => episode.first.t)).toEqual([48, 158]);
  });

  it('what is open is over when all up to now was judged again', () => {
    expect(spans(settle([told(0, 95, null)], [], TO_NOW))).toEqual([]);
    expect(spans(settle([told(0, 50, null)], [], TO_NOW))).toEqual(['50-100']);
  });

  it.each([
    [89, []],
    [90, ['60-90']],
  ])('what was found outside the stretch does not count: ended at %s', (end, left) => {
    expect(spans(settle([], [found(60, end)], STRETCH))).toEqual(left);
  });

  it.each([
    [200, ['200-210']],
    [201, []],
  ])('nor what begins after it: at %s', (start, left) => {
    expect(spans(settle([], [found(start, 210)], STRETCH))).toEqual(left);
  });

  it('an episode found again that began before the stretch keeps its beginning', () => {
    const before = told(0, 80, 130);
    const [one, ...others] = settle([before], [found(105, 140)], STRETCH);
    expect(others).toEqual([]);
    const { start, first, met } = before.episode;
    expect(one).toMatchObject({ told: null, episode: { start, first, met, end: 140, cleared: cited(140) } });
  });

  it('and one that began within begins as it was found now', () => {
    const [one] = settle([told(0, 90, 130)], [found(105, 140)], STRETCH);
    expect(one!.episode).toMatchObject({ start: 105, first: cited(103), met: cited(105) });
  });

  it.each([
    [120, 140, ['120-140']],
    [111, 119, ['111-119', '120-130']],
    [131, 140, ['120-130', '131-140']],
    [110, 120, ['110-120']],
    [130, 140, ['130-140']],
  ])('is the same where both share a moment: found from %s to %s', (start, end, expected) => {
    const stays = told(0, 120, 130);
    const again = settle([stays], [found(start, end), ...(expected.length === 2 ? [found(120, 130)] : [])], STRETCH);
    expect(spans(again)).toEqual(expected);
  });

  it.each([
    [told(0, 80, 109), ['80-100', '110-120']],
    [told(0, 80, 110), ['80-120']],
    [told(0, 120, 250), ['110-120']],
    [told(0, 121, 250), ['110-120', '121-250 (0)']],
  ])('and another one where they do not: %j', (known, expected) => {
    expect(spans(settle([known], [found(110, 120)], STRETCH))).toEqual(expected);
  });

  it('an episode that is over within the stretch has nothing of what was known after it', () => {
    const open = told(0, 110, null, { rank: 3, peak: 3, finding: finding(3, 1, 230) });
    const [one] = settle([open], [found(110, 120, { rank: 1, peak: 1 })], STRETCH);
    expect(one!.episode).toStrictEqual(found(110, 120, { rank: 1, peak: 1 }));
  });

  it('an episode that is open at the end of the stretch ends as it was known to', () => {
    const ended = told(0, 150, 230, { cleared: cited(231) });
    expect(settle([ended], [found(140, null)], STRETCH)[0]!.episode).toMatchObject({ end: 230, cleared: cited(231) });
    expect(spans(settle([told(0, 150, null)], [found(140, null)], STRETCH))).toEqual(['140-']);
  });

  it('shortly before the end of the stretch too, but not long before it', () => {
    expect(spans(settle([told(0, 150, 191)], [found(140, null)], STRETCH))).toEqual(['140-191']);
    expect(spans(settle([told(0, 150, 190)], [found(140, null)], STRETCH))).toEqual(['140-200']);
  });

  it('and with the stretch where nothing was known of it, or goes on when that is now', () => {
    expect(settle([], [found(140, null)], STRETCH)[0]!.episode).toMatchObject({ end: 200, cleared: null });
    expect(spans(settle([], [found(140, null)], TO_NOW))).toEqual(['140-']);
  });

  it('takes the end of the last of those that it joins', () => {
    const both = [told(0, 150, 195), told(1, 198, 240)];
    expect(spans(settle(both, [found(140, null)], STRETCH))).toEqual(['140-240']);
  });

  it('has the severity of now where the known one is over, and the known one where that goes on', () => {
    const open = told(0, 150, null, { rank: 3 });
    expect(settle([open], [found(140, null, { rank: 1 })], STRETCH)[0]!.episode.rank).toBe(3);
    const over = told(0, 150, 230, { rank: 3 });
    expect(settle([over], [found(140, null, { rank: 1 })], STRETCH)[0]!.episode.rank).toBe(1);
  });
});

describe('the worst of an episode that was judged again', () => {
  const now = found(105, 140, { peak: 2, finding: finding(2, 5, 120) });

  function worstWith(known: Finding, end: number | null = 150): Partial<FoundEpisode> {
    const before = told(0, 50, end, { peak: known.rank, finding: known, worst: cited(known.cites[2]!.t) });
    return settle([before], [now], STRETCH)[0]!.episode;
  }

  it.each([
    ['a higher severity before the stretch', finding(3, 1, 99), true],
    ['the same severity, further, before the stretch', finding(2, 6, 60), true],
    ['the same before the stretch', finding(2, 5, 60), false],
    ['a lower severity before the stretch, however far', finding(1, 9, 60), false],
    ['a higher severity within the stretch, which was not found again', finding(3, 1, 100), false],
    ['a higher severity at the end of the stretch', finding(3, 1, 200), false],
    ['a higher severity after the stretch', finding(3, 1, 201), true],
  ])('%s', (_, known, isKept) => {
    const worst = worstWith(known);
    expect(worst.finding).toEqual(isKept ? known : now.finding);
    expect(worst.worst).toEqual(isKept ? cited(known.cites[2]!.t) : now.worst);
    expect(worst.peak).toBe(isKept ? Math.max(2, known.rank) : 2);
  });

  it('is that of the later part where the stretch ends within the episode', () => {
    const later = finding(3, 1, 230);
    const open = found(140, null, { finding: finding(2, 5, 150) });
    const known = told(0, 150, null, { peak: 3, finding: later });
    expect(settle([known], [open], STRETCH)[0]!.episode).toMatchObject({ peak: 3, finding: later });
  });

  it('keeps the known peak where its evidence is unknown', () => {
    const bare = settle([told(0, 50, 150, { peak: 3 })], [found(105, 140)], STRETCH)[0]!.episode;
    expect(bare.peak).toBe(3);
    expect(bare).not.toHaveProperty('finding');
    const empty = { ...finding(3, 1, 99), cites: [] };
    const one = settle([told(0, 50, 150, { peak: 3, finding: empty })], [now], STRETCH)[0]!.episode;
    expect(one).toMatchObject({ peak: 3, finding: now.finding });
    expect(settle([told(0, 50, 150, { peak: 1 })], [now], STRETCH)[0]!.episode.peak).toBe(2);
  });

  it('is what was known where now there is none', () => {
    const known = finding(1, 1, 60);
    const one = settle([told(0, 50, 150, { finding: known })], [found(105, 140)], STRETCH)[0]!.episode;
    expect(one.finding).toEqual(known);
  });
});

describe('what was emitted', () => {
  const cites = [cited(1), cited(2), cited(3)];

  it('stands with its ordinal and what it rests on', () => {
    const worst = finding(3, 4, 9);
    const [ended, open] = standingOf([
      episodeOf({ n: 7, start: 1, end: 3, rank: 1, peak: 3, cites, finding: worst }),
      episodeOf({ n: 8, start: 5, cites }),
    ]);
    const [first, met] = [cites[0], cites[0]];
    expect(ended).toEqual({
      told: 7,
      episode: { start: 1, end: 3, rank: 1, peak: 3, first, met, worst: cited(9), cleared: cites[2], finding: worst },
    });
    expect(open).toStrictEqual({
      told: 8,
      episode: { start: 5, end: null, rank: 2, peak: 2, first, met, worst: cites[0], cleared: null },
    });
  });

  it('stands also when it cites nothing', () => {
    const [bare] = standingOf([episodeOf({ n: 0, start: 1, end: 3, cites: [] })]);
    const nothing = { identity: '', version: 0, t: 0, x: 0 };
    expect(bare!.episode).toMatchObject({ first: nothing, met: nothing, worst: nothing, cleared: null });
  });

  it('is remembered by the machine without its end, with the finding where there is one', () => {
    const { end: _, cleared: _c, ...rest } = found(1, null);
    expect(asOpen(found(1, null))).toStrictEqual(rest);
    const one = finding(2, 1, 5);
    expect(asOpen(found(1, null, { finding: one }))).toEqual({ ...rest, finding: one });
  });
});
