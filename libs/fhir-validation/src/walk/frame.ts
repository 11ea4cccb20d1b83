import { isJsonObject, type JsonObject } from '#libs/domain/fhir';
import type { Scope } from '../invariants/compiled.js';

/** A resource that is walked through: what its invariants and references are about. */
export class Frame implements Scope {
  readonly memo = new Map<object, unknown>();
  /** The resource that contains it, or itself. */
  readonly root: Frame;
  /** Contained resources that refer to the one that contains them, by `#`. */
  readonly insiders = new Set<JsonObject>();
  /** Ids that are referred to by `#id`; undefined where nothing is contained. */
  readonly used: Set<string> | undefined;
  private readonly byId: ReadonlyMap<string, JsonObject> | undefined;

  constructor(
    readonly resource: JsonObject,
    readonly resourceType: string,
    container?: Frame,
  ) {
    this.root = container?.root ?? this;
    const inside = resource['contained'];
    if (container !== undefined || !Array.isArray(inside)) return;
    this.used = new Set();
    const byId = new Map<string, JsonObject>();
    for (const one of inside) if (isJsonObject(one) && typeof one['id'] === 'string') byId.set(one['id'], one);
    this.byId = byId;
  }

  get isContained(): boolean {
    return this.root !== this;
  }

  readonly contained = (id: string): JsonObject | undefined => this.root.byId?.get(id);

  /** A value that may be a reference to a contained resource, or to the one that contains. */
  note(uri: string): void {
    if (uri === '#') this.root.insiders.add(this.resource);
    else this.root.used?.add(uri.slice(1));
  }
}
