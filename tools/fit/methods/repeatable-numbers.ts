/** Numbers in 0..1, evenly spread; the same seed (1 to 2^31 - 2) gives the same ones (Park and Miller 1988, with 48271). */
export function repeatableNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
