import type { FastifyInstance, RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route answers, for `/openapi.json`. Routes without it are not described. */
    summary?: string;
    /** A value for each path and query parameter that exists in every shop. */
    examples?: Readonly<Record<string, string | number>>;
  }
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: unknown;
  readonly example?: string | number;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

/** Serves an OpenAPI document of the GET routes registered after it. */
export function registerOpenApi(app: FastifyInstance): void {
  const paths: Record<string, unknown> = {};
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (!methods.includes('GET') || route.config?.summary === undefined) return;
    paths[route.url.replaceAll(/:(\w+)/g, '{$1}')] = {
      get: {
        summary: route.config.summary,
        parameters: [...parametersOf(route, 'params'), ...parametersOf(route, 'querystring')],
        responses: { 200: { description: route.config.summary } },
      },
    };
  });
  app.get('/openapi.json', async () => ({
    openapi: '3.1.0',
    info: { title: 'Hearth & Hand', version: '1.0.0' },
    paths,
  }));
}

function parametersOf(route: RouteOptions, kind: 'params' | 'querystring'): readonly Parameter[] {
  const schema = route.schema?.[kind] as ObjectSchema | undefined;
  return Object.entries(schema?.properties ?? {}).map(([name, type]) => {
    const example = route.config?.examples?.[name];
    return {
      name,
      in: kind === 'params' ? 'path' : 'query',
      required: kind === 'params' || schema?.required?.includes(name) === true,
      schema: type,
      ...(example === undefined ? {} : { example }),
    };
  });
}
