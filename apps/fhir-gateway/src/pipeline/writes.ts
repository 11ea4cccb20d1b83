import type { Access } from '#libs/platform/auth';
import {
  deletedAnswer,
  readPatchBody,
  readResource,
  requireId,
  requireType,
  rewriteReferences,
  writtenAnswer,
  type Answer,
  type OwnBases,
  type ReferenceContext,
  type Step,
} from '#libs/fhir-rest';
import { requireScope } from '../http/access.js';
import type { Commits, PipelineDeps } from './commits.js';
import type { Target, Wishes } from './wishes.js';

/** Create, update, patch and delete of one resource. */
export class Writes {
  constructor(
    private readonly commits: Commits,
    private readonly deps: Pick<PipelineDeps, 'newId'>,
  ) {}

  /** `POST /fhir/r4/{type}` */
  create(type: string, text: string, access: Access, wishes: Wishes): Promise<Answer> {
    return this.commits.timed('write', async () => {
      requireScope(access, 'create', requireType(type));
      const { resource } = rewriteReferences(readResource(text, type), referencesTo(wishes.own));
      return this.written(
        { kind: 'create', index: 0, type, id: this.deps.newId(), at: type, resource },
        access,
        wishes,
      );
    });
  }

  /** `PUT /fhir/r4/{type}/{id}`; makes the resource when there is none (update as create). */
  update(
    { type, id }: Target,
    text: string,
    ifMatch: string | undefined,
    access: Access,
    wishes: Wishes,
  ): Promise<Answer> {
    return this.commits.timed('write', async () => {
      requireScope(access, 'update', requireType(type));
      requireId(id, type);
      const { resource } = rewriteReferences(readResource(text, type, id), referencesTo(wishes.own));
      return this.written({ kind: 'update', index: 0, type, id, at: type, resource, ifMatch }, access, wishes);
    });
  }

  /** `PATCH /fhir/r4/{type}/{id}`: a JSON Patch (RFC 6902) or a FHIRPath Patch of what is stored. */
  patch(
    { type, id }: Target,
    { text, mediaType }: { readonly text: string; readonly mediaType: string },
    ifMatch: string | undefined,
    access: Access,
    wishes: Wishes,
  ): Promise<Answer> {
    return this.commits.timed('write', async () => {
      requireScope(access, 'update', requireType(type));
      requireId(id, type);
      const patch = readPatchBody(text, mediaType, type);
      const references = referencesTo(wishes.own);
      return this.written({ kind: 'patch', index: 0, type, id, at: type, patch, references, ifMatch }, access, wishes);
    });
  }

  /** `DELETE /fhir/r4/{type}/{id}` */
  remove({ type, id }: Target, ifMatch: string | undefined, access: Access): Promise<Answer> {
    return this.commits.timed('delete', async () => {
      requireScope(access, 'delete', requireType(type));
      requireId(id, type);
      const result = await this.commits.one({ kind: 'delete', index: 0, type, id, at: type, ifMatch }, access);
      return deletedAnswer(result.kind === 'deleted' ? result.resource : undefined);
    });
  }

  private async written(step: Step, access: Access, wishes: Wishes): Promise<Answer> {
    const result = await this.commits.one(step, access);
    if (result.kind !== 'written') throw new Error('a write gave no version');
    return writtenAnswer(result, wishes);
  }
}

function referencesTo(own: OwnBases): ReferenceContext {
  return { own, targets: NO_TARGETS, sentIds: NO_TARGETS };
}

const NO_TARGETS: ReadonlyMap<string, string> = new Map();
