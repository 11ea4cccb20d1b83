/** What all channels together say about a ventricular run: the run that looks least usual, how far each channel can be trusted, and the pulse. */
import { channelEvidence, type ChannelEvidence, type Span } from '../signal/channel-evidence.js';
import { windowFeatures } from './run-windows.js';
import { pulseFeatures, runFeatures } from './ventricular-run.js';

const GOOD = 0.8;

/** The features of the trees, NaN where there is no such channel. `ecg` and `pulse` are live channels at `fs` Hz; a run counts in `span`. */
export function ventricularFeatures(
  ecg: readonly Float64Array[],
  pulse: readonly Float64Array[],
  fs: number,
  span: Span,
): readonly number[] {
  const run = ecg.map((each) => runFeatures(each, fs, span.from)).toSorted((a, b) => b[1]! - a[1]!)[0];
  const wave = pulse.map((each) => pulseFeatures(each, fs, span.from)).toSorted((a, b) => a[2]! - b[2]!)[0];
  const leads = ecg.map((each) => channelEvidence('ecg', each, fs, span)).toSorted(byShare);
  const pulses = pulse.map((each) => channelEvidence('pulse', each, fs, span)).toSorted(byShare);
  const good = pulses.filter(({ share }) => share > GOOD);
  return [
    ...(run ?? missing(10)),
    ...(wave ?? missing(5)),
    ...trust(leads[0]),
    ...trust(leads[1] ?? leads[0]),
    ...trust(pulses[0]),
    Math.min(20, ...[...leads, ...pulses].map(({ sure }) => sure.longest)),
    Math.min(20, ...leads.map(({ sure }) => sure.longest)),
    Math.max(0, ...good.map(({ sure }) => 1 - Math.min(1, sure.variation))),
    pulses.length > 0 ? Math.min(250, ...good.map(({ all }) => all.burst)) : Number.NaN,
    ...windowFeatures(ecg, fs, span.from),
  ];
}

function byShare(a: ChannelEvidence, b: ChannelEvidence): number {
  return b.share - a.share;
}

function trust(channel: ChannelEvidence | undefined): readonly number[] {
  if (channel === undefined) return missing(7);
  const { share, sure, all } = channel;
  const [like, any] = [sure.variation, all.variation].map((each) => Math.min(2, each));
  return [share, sure.longest, like!, sure.burst, sure.slowest, any!, all.burst];
}

function missing(count: number): readonly number[] {
  return Array.from({ length: count }, () => Number.NaN);
}
