/** Addresses of this gateway, without a slash at their end: as it is configured, and as the client called it. */
export type OwnBases = readonly string[];

const URL_PARTS = /^https?:\/\/([^/?#]+)(\/[^?#]*)?$/i;

/** The path below one of our addresses (`Patient/1`), whether by http or https; undefined for a URL of another server. */
export function pathBelow(url: string, bases: OwnBases): string | undefined {
  const wanted = partsOf(url);
  if (wanted === undefined) return undefined;
  for (const base of bases) {
    const own = partsOf(base);
    if (own === undefined || own.host !== wanted.host) continue;
    if (wanted.path.startsWith(`${own.path}/`)) return wanted.path.slice(own.path.length + 1);
  }
  return undefined;
}

function partsOf(url: string): { readonly host: string; readonly path: string } | undefined {
  const [, host, path = ''] = URL_PARTS.exec(url) ?? [];
  if (host === undefined) return undefined;
  return { host: host.toLowerCase().replace(/:(80|443)$/, ''), path: path.replace(/\/+$/, '') };
}
