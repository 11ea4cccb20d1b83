import { parseJson, type JsonObject } from '#libs/domain/fhir';
import type {
  AccessVerb,
  Allowed,
  FhirRepository,
  HistoryPage,
  HistoryPlace,
  HistoryRequest,
  HistoryVersion,
  Reader,
  StoredResource,
} from '#libs/fhir-rest';

/** What versions are read from: the repository, or a transaction of it. */
export type VersionSource = Pick<FhirRepository, 'read' | 'readVersion' | 'readEach' | 'history'>;

/** Pages that are looked at for one page of a history of which little is within the scopes. */
const MAX_ROUNDS = 10;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * Versions as far as the scopes of the caller reach. A version is within when it is itself and when the current one is, a deletion when what it
 * deleted is: what left the restriction is not seen any more, what was outside before it came in is not seen either. The rest is
 * treated as absent. Whoever holds a whole type pays nothing for this.
 */
export class RestrictedReads {
  constructor(private readonly source: VersionSource) {}

  /** The current version, deleted or not. */
  async read(reader: Reader, type: string, id: string): Promise<StoredResource | undefined> {
    const found = await this.source.read(reader.tenant, type, id);
    if (found === undefined || !reader.allowed.isRestricted('read', type)) return found;
    return (await this.isWithin(reader, found)) ? found : undefined;
  }

  async readVersion(reader: Reader, type: string, id: string, version: number): Promise<StoredResource | undefined> {
    const isRestricted = reader.allowed.isRestricted('read', type);
    if (isRestricted && (await this.read(reader, type, id)) === undefined) return undefined;
    const found = await this.source.readVersion(reader.tenant, type, id, version);
    if (found === undefined || !isRestricted) return found;
    return (await this.isWithin(reader, found)) ? found : undefined;
  }

  /** Of a resource what `read` gives, of types what `search` gives (SMART App Launch 2: their history is part of `s`). */
  async history({ tenant, allowed }: Reader, request: HistoryRequest): Promise<HistoryPage> {
    const verb = request.of.kind === 'instance' ? 'read' : 'search';
    const types = request.of.kind === 'instance' ? [request.of.type] : request.of.types;
    if (!types.some((type) => allowed.isRestricted(verb, type))) return this.source.history(tenant, request);
    const versions: HistoryVersion[] = [];
    let after = request.after;
    let characters = 0;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const page = await this.source.history(tenant, after === undefined ? request : { ...request, after });
      for (const version of await this.within({ tenant, allowed }, verb, page.versions)) {
        if (versions.length === request.count) return { versions, more: true };
        versions.push(version);
        characters += version.content.length;
      }
      const last: HistoryPlace | undefined = page.versions.at(-1);
      if (!page.more || last === undefined) return { versions, more: false };
      after = last;
      if (versions.length === request.count || characters > MAX_CHARACTERS) break;
    }
    return { versions, more: true, ...(after === undefined ? {} : { end: after }) };
  }

  private async isWithin({ tenant, allowed }: Reader, found: StoredResource): Promise<boolean> {
    const { type, id, version, deleted } = found;
    const judged = deleted ? await this.source.readVersion(tenant, type, id, version - 1) : found;
    return judged !== undefined && permitsContent(allowed, 'read', judged.content);
  }

  private async within(
    { tenant, allowed }: Reader,
    verb: AccessVerb,
    versions: readonly HistoryVersion[],
  ): Promise<readonly HistoryVersion[]> {
    const restricted = versions.filter(({ type }) => allowed.isRestricted(verb, type));
    const current = await this.source.readEach(
      tenant,
      restricted.map(({ type, id }) => ({ type, id })),
    );
    const deletions = [...restricted, ...current.values()].filter(({ deleted }) => deleted);
    const deleted = await this.source.readEach(
      tenant,
      deletions.map(({ type, id, version }) => ({ type, id, version: version - 1 })),
    );
    const known = new Map<string, boolean>();
    const isWithin = (one: StoredResource | undefined): boolean => {
      if (one === undefined) return false;
      const place = `${one.type}/${one.id}`;
      const key = `${place}/${one.version}`;
      let judged = known.get(key);
      if (judged === undefined) {
        const content = one.deleted ? deleted.get(`${place}/${one.version - 1}`)?.content : one.content;
        judged = content !== undefined && permitsContent(allowed, verb, content);
        known.set(key, judged);
      }
      return judged;
    };
    return versions.filter(
      (version) =>
        !allowed.isRestricted(verb, version.type) ||
        (isWithin(version) && isWithin(current.get(`${version.type}/${version.id}`))),
    );
  }
}

function permitsContent(allowed: Allowed, verb: AccessVerb, content: string): boolean {
  const parsed = parseJson(content);
  return parsed.ok && allowed.permits(verb, parsed.value as JsonObject);
}
