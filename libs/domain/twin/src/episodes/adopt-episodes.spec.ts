import { describe, expect, it } from '@jest/globals';
import type { Alert } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { MINUTE, OXYGEN, T0, Ward } from '#libs/testing/ward';
import { adoptEpisodes, initialTwin, type EmittedAlert } from '../index.js';
import { episodeId } from '../alerts/emit.js';

const RULE = 'oxygen-saturation-low';

/** The newest transition of each episode, as the store has it. */
function told(ward: Ward): EmittedAlert[] {
  const newest = new Map<string, EmittedAlert>();
  for (const { transitions } of ward.outcomes)
    for (const { episode, rule, closed, sequence, alert } of transitions)
      newest.set(episode, { id: episode, rule, closed, sequence, alert });
  return [...newest.values()];
}

function sat(ward: Ward, from: number, to: number, x: number): void {
  for (let n = from; n < to; n++) ward.send([{ c: OXYGEN, t: T0 + n * MINUTE, x }]);
}

function lowOxygen(): Ward {
  const ward = new Ward();
  sat(ward, 0, 5, 97);
  sat(ward, 5, 12, 80);
  return ward;
}

describe('a twin that was made anew', () => {
  it('is as it was where it finds what was emitted', () => {
    const ward = lowOxygen();
    const { state, transitions } = adoptEpisodes(DEFAULT_CATALOGUE, ward.state, told(ward), []);
    expect(transitions).toEqual([]);
    expect({ ...state, version: 0 }).toEqual({ ...ward.state, version: 0 });
  });

  it('keeps an alert open that it knows nothing of, with its number and what people did, until its measure says otherwise', () => {
    const ward = lowOxygen();
    const [{ id, rule, alert }] = told(ward) as [EmittedAlert];
    ward.act({ type: 'acknowledge', episode: id, note: 'seen' }, T0 + 12 * MINUTE);
    const empty = { ...initialTwin(DEFAULT_CATALOGUE, 1, 'p1'), heard: ward.state.heard };
    const { state, transitions } = adoptEpisodes(DEFAULT_CATALOGUE, empty, told(ward), []);
    expect(transitions).toEqual([]);
    expect(state.rules[RULE]).toMatchObject({
      count: 1,
      episodes: [{ n: 0, end: null, status: 'acknowledged', sequence: 2, note: 'seen' }],
    });
    expect(episodeId(state, rule, 0)).toBe(id);
    const next = new Ward();
    next.state = state;
    sat(next, 20, 30, 98);
    expect(next.alerts().map(({ episode, sequence, status }) => ({ episode, sequence, status }))).toEqual([
      { episode: id, sequence: 3, status: 'retracted' },
    ]);
    expect(next.alerts()[0]!.summary).toContain('80');
    expect(alert.severity).toBe('high');
  });

  it('goes on with an open alert whose condition it finds later', () => {
    const ward = lowOxygen();
    const { state } = adoptEpisodes(
      DEFAULT_CATALOGUE,
      { ...initialTwin(DEFAULT_CATALOGUE, 1, 'p1'), heard: ward.state.heard },
      told(ward),
      [],
    );
    const next = new Ward();
    next.state = state;
    sat(next, 12, 30, 80);
    const [id] = told(ward).map((one) => one.id);
    expect(next.alerts().every(({ episode }) => episode === id)).toBe(true);
    expect(next.alerts().filter(({ transition }) => transition === 'raised')).toEqual([]);
  });

  it('resolves what it finds over, under the next number of its sequence', () => {
    const ward = lowOxygen();
    const open = told(ward);
    sat(ward, 12, 40, 97);
    expect(ward.alerts().at(-1)?.transition).toBe('resolved');
    const { state, transitions } = adoptEpisodes(DEFAULT_CATALOGUE, ward.state, open, []);
    expect(transitions.map(({ episode, sequence, closed }) => ({ episode, sequence, closed }))).toEqual([
      { episode: open[0]!.id, sequence: open[0]!.sequence + 1, closed: true },
    ]);
    expect(state.rules[RULE]!.episodes.at(-1)).toMatchObject({ status: 'resolved' });
    expect(state.heard).toBe(ward.state.heard);
  });

  it('leaves what was never emitted to the next value, which raises it', () => {
    const ward = lowOxygen();
    const { state, transitions } = adoptEpisodes(DEFAULT_CATALOGUE, ward.state, [], []);
    expect([transitions, state.rules[RULE]!.episodes]).toEqual([[], []]);
    const next = new Ward();
    next.state = state;
    sat(next, 12, 13, 80);
    expect(next.alerts().map(({ transition }) => transition)).toEqual(['raised']);
  });

  it('uses no number again, of what was emitted and of what was only counted', () => {
    const twin = initialTwin(DEFAULT_CATALOGUE, 1, 'p1');
    const id = episodeId(twin, RULE, 40);
    expect(adoptEpisodes(DEFAULT_CATALOGUE, twin, [], [{ id, rule: RULE }]).state.rules[RULE]!.count).toBe(41);
    const ward = lowOxygen();
    const [{ alert }] = told(ward) as [EmittedAlert];
    const closed = { id, rule: RULE, closed: true, sequence: 2, alert: { ...alert, status: 'resolved' } as Alert };
    expect(adoptEpisodes(DEFAULT_CATALOGUE, twin, [closed], []).state.rules[RULE]).toMatchObject({
      count: 41,
      episodes: [],
    });
  });

  it('does not go on without an open alert that it cannot take over', () => {
    const ward = lowOxygen();
    const [one] = told(ward) as [EmittedAlert];
    expect(() => adoptEpisodes(DEFAULT_CATALOGUE, initialTwin(DEFAULT_CATALOGUE, 1, 'p2'), [one], [])).toThrow(
      'not one of this patient',
    );
    expect(() =>
      adoptEpisodes(DEFAULT_CATALOGUE, initialTwin(DEFAULT_CATALOGUE, 1, 'p1'), [{ ...one, rule: 'gone' }], []),
    ).toThrow('does not exist');
    expect(
      adoptEpisodes(
        DEFAULT_CATALOGUE,
        initialTwin(DEFAULT_CATALOGUE, 1, 'p1'),
        [{ ...one, rule: 'twin-unreadable' }],
        [],
      ).transitions,
    ).toEqual([]);
  });
});
