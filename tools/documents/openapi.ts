import { z } from 'zod';
import { ProblemSchema } from '#libs/contracts';
import { Components } from './components.js';
import { ROUTES } from './routes/all-routes.js';
import type { RouteDoc } from './routes/route-doc.js';

type Json = Record<string, unknown>;

/** docs/openapi.json: OpenAPI 3.1 made from the routes and the schemas of the contracts. */
export function openapi(): Json {
  const components = new Components();
  const paths: Record<string, Json> = {};
  for (const route of ROUTES) {
    const path = (paths[route.path] ??= {});
    path[route.method] = operation(route, components);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Homeostat',
      version: '1',
      description:
        'Patient digital twins: FHIR R4 and wearable vitals in, explained alerts out. Research software, not a medical device.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:3000' }],
    paths,
    components: {
      schemas: { Problem: schemaOf(ProblemSchema, 'output', components), ...components.schemas },
      securitySchemes: {
        oauth2: {
          type: 'oauth2',
          flows: {
            clientCredentials: {
              tokenUrl: '/oauth/token',
              scopes: Object.fromEntries(allScopes().map((scope) => [scope, ''])),
            },
          },
        },
      },
    },
  };
}

function operation(route: RouteDoc, components: Components): Json {
  const fhir = route.path.startsWith('/fhir');
  return {
    summary: route.summary,
    tags: [route.tag],
    ...(route.scopes === undefined
      ? { security: [] }
      : { security: route.scopes.map((scope) => ({ oauth2: [scope] })) }),
    parameters: [...pathParameters(route.path), ...queryParameters(route.query, components)],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: route.body.optional !== true,
            content: contents(
              route.body.types ?? ['application/json'],
              schemaOf(route.body.schema, 'input', components),
            ),
          },
        }),
    responses: {
      [String(route.status)]: {
        description: route.summary,
        ...(route.answer === undefined
          ? {}
          : {
              content: contents(
                [route.answer.type ?? 'application/json'],
                route.answer.schema === undefined ? {} : schemaOf(route.answer.schema, 'output', components),
              ),
            }),
      },
      default: {
        description: 'A refusal',
        content: fhir
          ? {
              'application/fhir+json': {
                schema: { type: 'object', properties: { resourceType: { const: 'OperationOutcome' } } },
              },
            }
          : { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function contents(types: readonly string[], schema: Json): Json {
  return Object.fromEntries(
    types.map((type) => [type, type.startsWith('text/') ? { schema: { type: 'string' } } : { schema }]),
  );
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject | undefined, components: Components): Json[] {
  if (query === undefined) return [];
  const { properties = {} } = schemaOf(query, 'input', components) as { properties?: Record<string, Json> };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Components): Json {
  return components.take(z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json);
}

function allScopes(): string[] {
  return [...new Set(ROUTES.flatMap((route) => route.scopes ?? []))].sort();
}
