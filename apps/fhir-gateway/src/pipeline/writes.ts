import type { Access } from '#libs/platform/auth';
import {
  deletedAnswer,
  readPatchBody,
  readResource,
  requireId,
  requireType,
  writtenAnswer,
  type Answer,
  type Condition,
  type OwnBases,
  type Step,
  type ValidationMode,
} from '#libs/fhir-rest';
import { requireSome } from '../access/required-scopes.js';
import type { Commits, PipelineDeps } from './commits.js';
import { conditionOf, contentOf, referencesOfOne } from './single-write.js';
import type { Which, Wishes } from './wishes.js';

/** What has to hold for a write of one resource, as its headers say it. */
export interface Preconditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

interface Meant {
  readonly index: 0;
  readonly type: string;
  readonly id: string;
  readonly at: string;
  readonly condition?: Condition;
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

  /** `PUT`; makes the resource when there is none (update as create), and where nothing matches. */
  update(which: Which, text: string, preconditions: Preconditions, access: Access, wishes: Wishes): Promise<Answer> {
    return this.commits.timed('write', async () => {
      const meant = this.meant(which, 'update', access, wishes.own);
      const sentId = 'id' in which ? which.id : undefined;
      const checked = readResource(text, which.type, await this.mode(access), sentId);
      const content = contentOf(checked, which.type, wishes.own);
      return this.written({ kind: 'update', ...meant, ...content, ...preconditions }, access, wishes);
    });
  }

  /** `PATCH`: a JSON Patch (RFC 6902) or a FHIRPath Patch of what is stored. */
  patch(
    which: Which,
    { text, mediaType }: { readonly text: string; readonly mediaType: string },
    ifMatch: string | undefined,
    access: Access,
    wishes: Wishes,
  ): Promise<Answer> {
    return this.commits.timed('write', async () => {
      const meant = this.meant(which, 'update', access, wishes.own);
      const patch = readPatchBody(text, mediaType, which.type);
      const references = referencesOfOne(wishes.own);
      const validation = await this.mode(access);
      return this.written({ kind: 'patch', ...meant, patch, references, validation, ifMatch }, access, wishes);
    });
  }

  /** `DELETE` */
  remove(which: Which, ifMatch: string | undefined, access: Access, wishes: Wishes): Promise<Answer> {
    return this.commits.timed('delete', async () => {
      const meant = this.meant(which, 'delete', access, wishes.own);
      return this.commits.one({ kind: 'delete', ...meant, ifMatch }, access, wishes.once, (result) =>
        deletedAnswer(result.kind === 'deleted' ? result : {}, wishes.prefer),
      );
    });
  }

  /** What every step of a write says of its resource. A condition says what is there: it needs the right to search, too. */
  private meant(which: Which, verb: 'update' | 'delete', access: Access, own: OwnBases): Meant {
    const { type } = which;
    requireSome(access, verb, requireType(type));
    if ('id' in which) {
      requireId(which.id, type);
      return { index: 0, type, id: which.id, at: type };
    }
    requireSome(access, 'search', type);
    return { index: 0, type, id: this.deps.newId(), at: type, condition: conditionOf(type, which.query, own) };
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
}
