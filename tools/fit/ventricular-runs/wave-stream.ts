import {
  stepWave,
  type AlarmSignals,
  type RhythmFinding,
  type RhythmRule,
  type WaveChunk,
  type WaveState,
} from '#libs/domain/rhythm';

const START_MS = 1_000_000;

/** A finding with its time in seconds from the recording's start. */
export interface StreamedFinding {
  readonly rule: RhythmRule;
  readonly at: number;
  readonly present: boolean;
  readonly confident: boolean;
}

/** A recording in chunks of one second, all channels of a second together; what is left of the last second is not sent. */
export function* streamSeconds({
  fs,
  ecg,
  pulse,
}: AlarmSignals): Iterable<{ readonly second: number; readonly chunks: readonly WaveChunk[] }> {
  const channels = [
    ...ecg.map((samples, i) => ({ kind: 'ecg' as const, channel: `ecg ${i}`, samples })),
    ...pulse.map((samples, i) => ({ kind: 'ppg' as const, channel: `pulse ${i}`, samples })),
  ];
  const seconds = Math.floor(Math.max(0, ...channels.map(({ samples }) => samples.length)) / fs);
  for (let second = 0; second < seconds; second++) {
    const chunks = channels.map(({ samples, ...channel }) => {
      const part = [...samples.subarray(second * fs, (second + 1) * fs)];
      return { ...channel, t: START_MS + second * 1000, samples: part, periodMs: 1000 / fs, doubtful: false };
    });
    yield { second, chunks };
  }
}

/** What the stream says of a recording. */
export function streamWaves(signals: AlarmSignals): readonly StreamedFinding[] {
  const findings: RhythmFinding[] = [];
  let state: WaveState | null = null;
  for (const { chunks } of streamSeconds(signals)) {
    for (const chunk of chunks) {
      const step = stepWave(state, chunk);
      state = step.state;
      findings.push(...step.findings);
    }
  }
  return findings.map(({ rule, at, present, confident }) => ({ rule, at: (at - START_MS) / 1000, present, confident }));
}
