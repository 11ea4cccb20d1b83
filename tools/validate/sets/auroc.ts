/** Area under the ROC curve: the share of pairs in which the true one scores higher, ties half. NaN without both kinds. */
export function auroc(truth: ReadonlyArray<boolean>, scores: readonly number[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length;) {
    let until = from;
    while (until < order.length && scores[order[until]!] === scores[order[from]!]) until++;
    for (const i of order.slice(from, until)) {
      if (!truth[i]) continue;
      positives++;
      rankSum += (from + 1 + until) / 2;
    }
    from = until;
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
