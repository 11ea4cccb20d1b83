const EPOCH = Date.UTC(2020, 0, 1);
const INSTANCE = Math.floor(Math.random() * 1024);
let last = 0;
let count = 0;

/**
 * A new number for a resource in the index: the time, this process, a count. Later resources have greater ones, as far as clocks agree. Two
 * processes that chose the same number of their own can make one twice: the key of the table notices, and the transaction is run again.
 *
 * @param now ms since 1970
 */
export function nextSequence(now: number): bigint {
  if (now > last) {
    last = now;
    count = 0;
  } else if (count === 4095) {
    last += 1;
    count = 0;
  } else count += 1;
  return (BigInt(last - EPOCH) << 22n) | BigInt(INSTANCE << 12) | BigInt(count);
}
