import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { IssuerArtifacts } from '#libs/platform/storage';

/** What the issuer keeps of one kind, in the database that all processes share. */
class ArtifactAdapter implements Adapter {
  constructor(
    private readonly artifacts: IssuerArtifacts,
    private readonly kind: string,
    private readonly now: () => number,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    await this.artifacts.put(this.kind, id, payload as Record<string, unknown>, expiresIn);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return (await this.artifacts.find(this.kind, id)) as AdapterPayload | undefined;
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return (await this.artifacts.findByUid(this.kind, uid)) as AdapterPayload | undefined;
  }

  /** Of sign-ins on other devices, which there are none of. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  consume(id: string): Promise<void> {
    return this.artifacts.consume(this.kind, id, this.now());
  }

  destroy(id: string): Promise<void> {
    return this.artifacts.remove(this.kind, id);
  }

  revokeByGrantId(grantId: string): Promise<void> {
    return this.artifacts.removeGrant(grantId);
  }
}

/** Makes the adapters of an issuer, one for each kind. */
export function artifactAdapters(artifacts: IssuerArtifacts, now: () => number = Date.now): (kind: string) => Adapter {
  return (kind) => new ArtifactAdapter(artifacts, kind, now);
}
