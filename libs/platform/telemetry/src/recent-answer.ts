/**
 * Makes work whose answer everybody may share: whoever asks while it is under way, or for `maxAgeMs` after it was done, gets the same one.
 * A failure is shared by those who waited for it, and the next one asks again.
 */
export function recentAnswer<T>(work: () => Promise<T>, maxAgeMs: number, now = performance.now.bind(performance)) {
  let underWay: Promise<T> | undefined;
  let last: { readonly answer: T; readonly at: number } | undefined;
  return (): Promise<T> => {
    if (last !== undefined && now() - last.at < maxAgeMs) return Promise.resolve(last.answer);
    underWay ??= work()
      .then((answer) => {
        last = { answer, at: now() };
        return answer;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
}
