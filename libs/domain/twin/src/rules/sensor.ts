/**
 * Which sensor a value is of. A gateway sends for several devices, and two sensors of one measure are two courses; of values without a device the source separates them.
 */
export function sensorOf(source: string, device: string | undefined): string {
  return device === undefined || device === '' ? source : device;
}

/** Memories separated sensors by source once: the first device of a source goes on with what is remembered of it. */
export function takenOver<T>(
  memory: Readonly<Record<string, T>>,
  source: string,
  sensor: string,
): Readonly<Record<string, T>> {
  if (sensor === source || !Object.hasOwn(memory, source) || Object.hasOwn(memory, sensor)) return memory;
  const { [source]: first, ...others } = memory;
  return { ...others, [sensor]: first! };
}
