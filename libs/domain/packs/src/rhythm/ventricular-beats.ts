import { ventricularBeats, type WaveState } from '#libs/domain/rhythm';
import type { DetectedMeasure } from '#libs/domain/twin';

/** Share of ventricular beats among those classed in the newest five minutes of ECG, as detector `detector` remembers it: docs/clinical/rules/ectopy.md. */
export function ventricularBeatsOf(detector: string, waveOf: (memory: unknown) => WaveState | null): DetectedMeasure {
  return {
    kind: 'detected',
    name: 'ventricular-beats',
    title: 'Ventricular beats of the newest five minutes',
    unit: '%',
    of: ['ecg'],
    detector,
    read: (memory) => {
      const found = ventricularBeats(waveOf(memory));
      if ('refused' in found) return { refused: found.refused };
      const { percent, newest, ...parts } = found;
      return { value: percent, parts: { ...parts }, at: newest };
    },
  };
}
