import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import type {
  ClientListSchema,
  ClientSchema,
  ClientsQuery,
  CreateClientRequest,
  CreatedClientSchema,
  PatchClientRequest,
} from '#libs/contracts';
import { hashSecret, type Access } from '#libs/platform/auth';
import { decodeCursor, notFound, pageOf, Problem } from '#libs/platform/http';
import type { ClientAct, ClientAdministration, RegisteredClient } from '#libs/platform/storage';
import { iso } from '../wire.js';
import { keysOf, refuseScopes, requireHeld } from './registration.js';

export const CLIENTS = Symbol('Clients');

const ClientPlace = z.string().max(256);
type Shown = z.input<typeof ClientSchema>;

export interface ClientsDeps {
  readonly store: ClientAdministration;
  /** `JWKS_ALLOWED_HOSTS` */
  readonly allowedHosts: readonly string[];
  /** A client was changed here: what is remembered of it ends at once. */
  readonly onChange: (client: string) => void;
  readonly now: () => number;
}

/**
 * Clients of a tenant. Nobody gives, or takes over, what they do not hold: the scopes of a client that is made or changed, before and after,
 * are held by the token that asks.
 */
export class Clients {
  constructor(private readonly deps: ClientsDeps) {}

  async create(
    access: Access,
    request: z.output<typeof CreateClientRequest>,
  ): Promise<z.input<typeof CreatedClientSchema>> {
    const scopes = refuseScopes(request.scopes);
    requireHeld(access, scopes);
    const keys = await keysOf(request, this.deps.allowedHosts);
    const secret = keys === undefined ? randomBytes(32).toString('base64url') : undefined;
    const client = await this.deps.store.create(
      access.tenant.key,
      {
        id: uuid(),
        name: request.name,
        scopes,
        secretHash: secret === undefined ? null : await hashSecret(secret),
        jwks: keys?.jwks ?? null,
        jwksUri: keys?.jwksUri ?? null,
      },
      this.act(access),
    );
    return { ...shown(client), ...(secret === undefined ? {} : { secret }) };
  }

  async list(access: Access, query: z.output<typeof ClientsQuery>): Promise<z.input<typeof ClientListSchema>> {
    const list = { list: 'clients', tenant: access.tenant.key };
    const after = decodeCursor(list, ClientPlace, query.cursor);
    const rows = await this.deps.store.list(access.tenant.key, query.limit + 1, after);
    return pageOf(list, rows, query.limit, shown, (row) => row.id);
  }

  async get(access: Access, id: string): Promise<Shown> {
    const client = await this.deps.store.get(access.tenant.key, clientId(id));
    if (client === undefined) throw notFound('the client');
    return shown(client);
  }

  async update(access: Access, id: string, request: z.output<typeof PatchClientRequest>): Promise<Shown> {
    const scopes = request.scopes === undefined ? undefined : refuseScopes(request.scopes);
    const keys = await keysOf(request, this.deps.allowedHosts);
    const { name, status } = request;
    const decide = (client: RegisteredClient): Parameters<typeof patchOf>[0] => {
      requireHeld(access, client.scopes, '');
      if (scopes !== undefined) requireHeld(access, scopes);
      if (status === 'disabled') refuseSelf(access, client);
      return { name, scopes, keys, status };
    };
    const client = await this.deps.store.update(
      access.tenant.key,
      clientId(id),
      (before) => patchOf(decide(before)),
      this.act(access),
    );
    if (client === undefined) throw notFound('the client');
    this.deps.onChange(client.id);
    return shown(client);
  }

  async remove(access: Access, id: string): Promise<void> {
    const check = (client: RegisteredClient): void => {
      requireHeld(access, client.scopes, '');
      refuseSelf(access, client);
    };
    if (!(await this.deps.store.remove(access.tenant.key, clientId(id), check, this.act(access))))
      throw notFound('the client');
    this.deps.onChange(id);
  }

  private act(access: Access): ClientAct {
    return { id: uuid(), at: this.deps.now(), actor: access.client };
  }
}

type Patch = ReturnType<Parameters<ClientAdministration['update']>[2]>;

function patchOf(patch: { readonly [K in keyof Patch]: Patch[K] | undefined }): Patch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Patch;
}

/** Else an administrator could lock the tenant out by one request. */
function refuseSelf(access: Access, client: RegisteredClient): void {
  if (access.issuer !== undefined || client.id !== access.client) return;
  throw new Problem(409, 'client-own', 'a client cannot disable or delete itself; let another one do it');
}

/** Whatever cannot be an id is not asked for. */
function clientId(text: string): string {
  if (text.length > 256 || /[\u0000-\u001f]/.test(text) || !text.isWellFormed()) throw notFound('the client');
  return text;
}

function shown(client: RegisteredClient): Shown {
  return {
    id: client.id,
    ...(client.name === null ? {} : { name: client.name }),
    scopes: [...client.scopes],
    authentication: client.jwks === null && client.jwksUri === null ? 'client_secret' : 'private_key_jwt',
    ...(client.jwks === null ? {} : { jwks: { keys: client.jwks.keys.map((key) => ({ ...key })) } }),
    ...(client.jwksUri === null ? {} : { jwksUri: client.jwksUri }),
    status: client.status,
    createdAt: iso(client.createdAt),
  };
}
