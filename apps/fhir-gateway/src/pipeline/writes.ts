import type { Access } from '#libs/platform/auth';
import {
  deletedAnswer,
  readPatchBody,
  readResource,
  requireId,
  requireType,
  writtenAnswer,
  type Answer,
  type Step,
  type ValidationMode,
} from '#libs/fhir-rest';
import { requireSome } from '../http/access.js';
import type { Commits, PipelineDeps } from './commits.js';
import { conditionOf, contentOf, referencesOfOne } from './single-write.js';
import type { Target, Wishes } from './wishes.js';

/** What has to hold for a write of one resource, as its headers say it. */
export interface Preconditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** Create, update, patch and delete of one resource; which one, its path says or a condition (FHIR R4 http.html#cond-update). */
export class Writes {
  constructor(
    private readonly commits: Commits,
    private readonly deps: Pick<PipelineDeps, 'newId' | 'validationMode'>,
  ) {}

  /** `POST /fhir/r4/{type}` @param ifNoneExist the header: where one resource matches, it is answered and none is made */
  create(type: string, text: string, ifNoneExist: string | undefined, access: Access, wishes: Wishes): Promise<Answer> {
    return this.commits.timed('write', async () => {
      requireSome(access, 'create', requireType(type));
      if (ifNoneExist !== undefined) requireSome(access, 'search', type);
      const condition = ifNoneExist === undefined ? undefined : conditionOf(type, ifNoneExist, wishes.own);
      const content = contentOf(readResource(text, type, await this.mode(access)), type, wishes.own);
      const step = { kind: 'create', index: 0, type, id: this.deps.newId(), at: type, condition, ...content } as const;
      return this.written(step, access, wishes);
    });
  }

  /** `PUT /fhir/r4/{type}/{id}`; makes the resource when there is none (update as create). */
  update(
    { type, id }: Target,
    text: string,
    preconditions: Preconditions,
    access: Access,
    wishes: Wishes,
  ): Promise<Answer> {
    return this.commits.timed('write', async () => {
      requireSome(access, 'update', requireType(type));
      requireId(id, type);
      const content = contentOf(readResource(text, type, await this.mode(access), id), type, wishes.own);
      const step = { kind: 'update', index: 0, type, id, at: type, ...content, ...preconditions } as const;
      return this.written(step, access, wishes);
    });
  }

  /** `PUT /fhir/r4/{type}?{query}`: updates the one that matches; makes one when there is none. */
  updateWhere(
    type: string,
    query: string,
    text: string,
    preconditions: Preconditions,
    access: Access,
    wishes: Wishes,
  ): Promise<Answer> {
    return this.commits.timed('write', async () => {
      requireSome(access, 'update', requireType(type));
      requireSome(access, 'search', type);
      const condition = conditionOf(type, query, wishes.own);
      const content = contentOf(readResource(text, type, await this.mode(access)), type, wishes.own);
      const head = { index: 0, type, id: this.deps.newId(), at: type, condition } as const;
      return this.written({ kind: 'update', ...head, ...content, ...preconditions }, access, wishes);
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
      requireSome(access, 'update', requireType(type));
      requireId(id, type);
      const patch = readPatchBody(text, mediaType, type);
      const references = referencesOfOne(wishes.own);
      const validation = await this.mode(access);
      return this.written(
        { kind: 'patch', index: 0, type, id, at: type, patch, references, validation, ifMatch },
        access,
        wishes,
      );
    });
  }

  /** `PATCH /fhir/r4/{type}?{query}`: patches the one that matches. */
  patchWhere(
    type: string,
    query: string,
    { text, mediaType }: { readonly text: string; readonly mediaType: string },
    ifMatch: string | undefined,
    access: Access,
    wishes: Wishes,
  ): Promise<Answer> {
    return this.commits.timed('write', async () => {
      requireSome(access, 'update', requireType(type));
      requireSome(access, 'search', type);
      const condition = conditionOf(type, query, wishes.own);
      const patch = readPatchBody(text, mediaType, type);
      const validation = await this.mode(access);
      const head = { index: 0, type, id: this.deps.newId(), at: type, condition } as const;
      return this.written(
        { kind: 'patch', ...head, patch, references: referencesOfOne(wishes.own), validation, ifMatch },
        access,
        wishes,
      );
    });
  }

  /** `DELETE /fhir/r4/{type}/{id}` */
  remove({ type, id }: Target, ifMatch: string | undefined, access: Access, wishes: Wishes): Promise<Answer> {
    return this.commits.timed('delete', async () => {
      requireSome(access, 'delete', requireType(type));
      requireId(id, type);
      return this.removed({ kind: 'delete', index: 0, type, id, at: type, ifMatch }, access, wishes);
    });
  }

  /** `DELETE /fhir/r4/{type}?{query}`: deletes the one that matches. */
  removeWhere(
    type: string,
    query: string,
    ifMatch: string | undefined,
    access: Access,
    wishes: Wishes,
  ): Promise<Answer> {
    return this.commits.timed('delete', async () => {
      requireSome(access, 'delete', requireType(type));
      requireSome(access, 'search', type);
      const condition = conditionOf(type, query, wishes.own);
      const id = this.deps.newId();
      return this.removed({ kind: 'delete', index: 0, type, id, at: type, condition, ifMatch }, access, wishes);
    });
  }

  private mode(access: Access): Promise<ValidationMode> {
    return this.deps.validationMode(access.tenant.key);
  }

  private written(step: Step, access: Access, wishes: Wishes): Promise<Answer> {
    return this.commits.one(step, access, wishes.once, (result) => {
      if (result.kind !== 'written' && result.kind !== 'matched') throw new Error('a write gave no version');
      return writtenAnswer(result, wishes);
    });
  }

  private removed(step: Step, access: Access, wishes: Wishes): Promise<Answer> {
    return this.commits.one(step, access, wishes.once, (result) =>
      deletedAnswer(result.kind === 'deleted' ? result : {}, wishes.prefer),
    );
  }
}
