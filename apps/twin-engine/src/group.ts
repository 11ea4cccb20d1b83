import { TOPICS } from '#libs/contracts';
import { OffsetStore } from '#libs/platform/storage';

/** Consumer group of all engines. */
export const GROUP = 'twin-engine';

/** Where the engines stand in their topic. */
export const OFFSETS = new OffsetStore(GROUP, TOPICS.patientInput);
