/**
 * The partition of a key, as Kafka's Java client computes it: murmur2 of the UTF-8 bytes, sign bit cleared, modulo the
 * number of partitions. All adapters and the relay use it, so a patient stays in the same partition on every log.
 *
 * @param count number of partitions, at least 1
 */
export function partitionOf(key: string, count: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % count;
}

const M = 0x5bd1e995;

/** 32-bit murmur2 with Kafka's seed, as in org.apache.kafka.common.utils.Utils.murmur2; answers a signed integer. */
function murmur2(data: Uint8Array): number {
  const length = data.length;
  let h = 0x9747b28c ^ length;
  const blocks = length >>> 2;
  for (let i = 0; i < blocks; i++) {
    const at = i << 2;
    let k = byte(data, at) | (byte(data, at + 1) << 8) | (byte(data, at + 2) << 16) | (byte(data, at + 3) << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    k = Math.imul(k, M);
    h = Math.imul(h, M) ^ k;
  }
  const tail = blocks << 2;
  const rest = length & 3;
  if (rest === 3) h ^= byte(data, tail + 2) << 16;
  if (rest >= 2) h ^= byte(data, tail + 1) << 8;
  if (rest >= 1) h = Math.imul(h ^ byte(data, tail), M);
  h ^= h >>> 13;
  h = Math.imul(h, M);
  h ^= h >>> 15;
  return h;
}

function byte(data: Uint8Array, at: number): number {
  return data[at] ?? 0;
}
