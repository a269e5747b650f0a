import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { SampledResponse } from '../artifacts/responses.ts';
import { httpGet, type HttpReply } from '../target/http-get.ts';
import { decodedBody, mediaType } from './body.ts';
import type { Gatherer } from './gatherer.ts';
import { pageResources } from './page-resources.ts';
import { workbenchErrors } from '../workbench-errors.ts';

const maxRoutes = 40;
const maxResources = 60;

/** Levels servers compress at while the client waits: gzip's default, brotli's usual for dynamic content. */
const gzipLevel = 6;
const brotliQuality = 4;
/** A reply that fits one network packet arrives no sooner when compressed. */
const worthCompressingBytes = 1_400;

const compressWithGzip = promisify(gzip);
const compressWithBrotli = promisify(brotliCompress);

/** One reply of each route that answers GET, and of what its pages pull in from the same origin. */
export const responsesGatherer: Gatherer<'responses'> = {
  artifact: 'responses',
  phase: 'after',
  label: 'sampling replies',
  gather: async ({ artifacts, target, signal, report }) => {
    const routes = artifacts.routes?.status === 'ok' ? artifacts.routes.value.routes : [];
    const visited = routes.filter(
      ({ method, examples }) => method === 'GET' && examples.length > 0,
    );
    if (visited.length === 0) return { absent: 'no route that answers GET is known by its path' };

    const responses: SampledResponse[] = [];
    const resources = new Map<string, string>();
    let lastError: unknown;
    for (const route of visited.slice(0, maxRoutes)) {
      signal.throwIfAborted();
      report(route.name);
      const url = new URL(route.examples[0] as string, target.url).href;
      try {
        const response = await sample(route.name, url, signal);
        responses.push(response);
        for (const { url } of response.resources) {
          if (new URL(url).origin === new URL(target.url).origin) resources.set(url, url);
        }
      } catch (error) {
        lastError = error;
      }
    }
    if (responses.length === 0) throw noReply(target.url, lastError);
    for (const url of [...resources.keys()].slice(0, maxResources)) {
      signal.throwIfAborted();
      const sampled = await sample(`GET ${new URL(url).pathname}`, url, signal).catch(() => null);
      if (sampled !== null) responses.push({ ...sampled, resources: [] });
    }
    return { responses };
  },
};

async function sample(route: string, url: string, signal: AbortSignal): Promise<SampledResponse> {
  const headers = { 'accept-encoding': 'gzip, br', accept: '*/*' };
  const first = await httpGet(url, { headers, signal });
  const second = await httpGet(url, { headers, signal });
  const body = await decodedBody(first);
  const kind = kindOf(first);
  return {
    route,
    url,
    kind,
    status: first.status,
    headers: first.headers,
    sentBytes: first.body.length,
    decodedBytes: body.length,
    ...(await compressed(first, body)),
    repeatable:
      first.status === second.status && body.equals(await decodedBody(second).catch(() => body)),
    revalidatedStatus: await revalidate(url, first, headers, signal),
    resources: kind === 'page' ? pageResources(body.toString('utf8'), url) : [],
  };
}

/** Asks again with the first reply's validators; null when it had none (RFC 9110, section 13). */
async function revalidate(
  url: string,
  first: HttpReply,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number | null> {
  const { etag, 'last-modified': lastModified } = first.headers;
  if (etag === undefined && lastModified === undefined) return null;
  const conditional = await httpGet(url, {
    headers: {
      ...headers,
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
      ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
    },
    signal,
  });
  return conditional.status;
}

async function compressed(
  reply: HttpReply,
  body: Buffer,
): Promise<Pick<SampledResponse, 'gzipBytes' | 'brotliBytes'>> {
  if (!isText(mediaType(reply)) || body.length < worthCompressingBytes) {
    return { gzipBytes: null, brotliBytes: null };
  }
  const [gzipped, brotli] = await Promise.all([
    compressWithGzip(body, { level: gzipLevel }),
    compressWithBrotli(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  ]);
  return { gzipBytes: gzipped.length, brotliBytes: brotli.length };
}

/** Media types that are text or uncompressed by themselves. */
function isText(type: string): boolean {
  return (
    type.startsWith('text/') ||
    /[+/](json|xml|javascript|ecmascript|wasm|x-ndjson|yaml|graphql|csv|manifest\+json)$/.test(
      type,
    ) ||
    ['image/svg+xml', 'image/bmp', 'image/x-icon', 'font/ttf', 'font/otf'].includes(type)
  );
}

function kindOf(reply: HttpReply): SampledResponse['kind'] {
  const type = mediaType(reply);
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'page';
  if (/\/(x-)?(java|ecma)script$/.test(type)) return 'script';
  if (type === 'text/css') return 'style';
  if (type.startsWith('image/')) return 'image';
  if (type.startsWith('font/') || type.startsWith('application/font')) return 'font';
  return /[+/](json|xml|x-ndjson|yaml|csv|plain)$/.test(type) ? 'api' : 'other';
}

function noReply(url: string, cause: unknown): Error {
  return workbenchErrors.create('AMDAHL_GATHER_NO_REPLY', {
    expected: `a reply of at least one route of ${url}`,
    found: cause instanceof Error ? cause.message : 'none',
    next: 'See whether the app still answers after the load.',
    details: { url },
    cause,
  });
}
