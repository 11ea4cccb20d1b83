import type { z } from 'zod';

/** One route as docs/openapi.json describes it. */
export interface RouteDoc {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  /** Scopes of which one is needed; none for a public route. */
  readonly scopes?: readonly string[];
  readonly query?: z.ZodObject;
  readonly body?: { readonly schema: z.ZodType; readonly types?: readonly string[]; readonly optional?: true };
  readonly status: number;
  readonly answer?: { readonly schema?: z.ZodType; readonly type?: string };
}

/** An answer of this shape, as JSON. */
export const json = (schema: z.ZodType): { schema: z.ZodType } => ({ schema });

/** Server-sent events. */
export const events = { type: 'text/event-stream' };
