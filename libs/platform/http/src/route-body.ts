import { RouteConfig } from '@nestjs/platform-fastify';

/** How the body of a route is read. Without {@link BodyAs} a route takes JSON, parsed. */
export interface BodyOptions {
  /**
   * `json`: parsed JSON · `form`: URL-encoded fields as a record · `text`: the exact text (UTF-8), for routes with a parser of
   * their own · `stream`: a Readable of bytes, inflated, for bodies that must not be held whole.
   */
  readonly as: 'json' | 'form' | 'text' | 'stream';
  /** Media types taken; others are answered 415. Default by `as`. */
  readonly accepts?: readonly string[];
  /** Maximum bytes after inflating gzip; more is answered 413. Default 16 MiB, streams unbounded. */
  readonly maxBytes?: number;
  /** The body may come from anybody; else a valid token is asked for before the first byte is read. */
  readonly open?: true;
}

/** Route decorator for {@link BodyOptions}. The body is then `@Body()` of Nest. */
export function BodyAs(options: BodyOptions): MethodDecorator & ClassDecorator {
  return RouteConfig({ body: options });
}
