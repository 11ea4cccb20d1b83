/** Sum (s) and count of each histogram series of an app, by name and labels. */
export type Stages = Readonly<Record<string, { readonly sum: number; readonly count: number }>>;

/** Reads the histograms of durations that an app serves at `/metrics`. */
export async function readStages(url: string): Promise<Stages> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const stages: Record<string, { sum: number; count: number }> = {};
  for (const [, name = '', kind, labels = '', value] of text.matchAll(
    /^(homeostat_\w+_seconds)_(sum|count)(\{[^}]*\})? (\S+)$/gm,
  )) {
    const stage = (stages[name + labels] ??= { sum: 0, count: 0 });
    stage[kind as 'sum' | 'count'] = Number(value);
  }
  return stages;
}
