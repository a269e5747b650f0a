/**
 * Finds routes that can be visited without a script: from the start page along same-origin links
 * and forms that GET, breadth first, and from an OpenAPI document if the service serves one. Only
 * GET is ever sent, and never to a path that looks as if it changed something.
 */
import type { Route, RoutesArtifact } from '../../artifacts/routes.ts';
import { httpGet, type HttpReply } from '../../target/http-get.ts';
import { describeFailure } from '../../target/readiness.ts';
import { decodedBody, mediaType } from '../body.ts';
import { exclusionReason } from './exclusions.ts';
import { openapiOperations, openapiPaths } from './openapi.ts';
import { pageLinks } from './page-links.ts';
import { groupByPattern, parentOf, pathnameOf, withoutIdentifiers } from './route-pattern.ts';

export interface DiscoveryOptions {
  /** The start page. */
  readonly url: string;
  /** Patterns with `*` of paths never to be visited. */
  readonly exclude: readonly string[];
  readonly signal: AbortSignal;
  readonly report: (status: string) => void;
  /** Patterns the app's framework has used so far, `/products/:id`; asked when the crawl is over. */
  frameworkPatterns(): Promise<readonly string[]>;
}

/** Bounds: enough for the routes of a large site, little enough to take seconds. */
const maxDepth = 4;
const maxVisits = 80;
const maxVisitsPerPattern = 3;
const maxVisitsPerParent = 12;
const maxCrawlMs = 30_000;
const maxRoutes = 40;
const maxExamples = 20;
const maxLeftOut = 100;

/** What is known of one path, by path and query. */
interface Seen {
  readonly foundBy: string;
  readonly depth: number;
  /** Null until it was visited. */
  status: number | null;
}

/** Crawls and answers with the routes that work and what was left out. Rejects only when aborted. */
export async function discoverRoutes(options: DiscoveryOptions): Promise<RoutesArtifact> {
  const { origin } = new URL(options.url);
  const seen = new Map<string, Seen>();
  const leftOut = new Map<string, string>();
  const queue: string[] = [];
  const visitsByPattern = new Map<string, number>();
  const deadlineMs = performance.now() + maxCrawlMs;
  let visits = 0;

  meet(options.url, 'start', 0);
  await crawl();
  for (const operation of await fetchOpenapi()) {
    if (operation.method !== 'GET') {
      leave(`${operation.method} ${operation.pattern}`, 'not GET: it may change something');
    } else if (operation.example === null) {
      leave(operation.pattern, 'the OpenAPI document gives no example of its parameters');
    } else {
      meet(new URL(operation.example, origin).href, 'openapi', 0);
    }
  }
  await crawl();
  return { source: 'discovered', script: null, ...(await summarise()) };

  /** Notes a URL and queues it unless there is a reason not to. */
  function meet(url: string, foundBy: string, depth: number): void {
    const target = new URL(url);
    if (target.origin !== origin) return leave(url, 'another origin');
    const path = target.pathname + target.search;
    if (seen.has(path)) return;
    const reason = foundBy === 'start' ? null : exclusionReason(path, options.exclude);
    if (reason !== null) return leave(path, reason);
    seen.set(path, { foundBy, depth, status: null });
    if (depth <= maxDepth) queue.push(path);
  }

  function leave(url: string, reason: string): void {
    if (leftOut.size < maxLeftOut && !leftOut.has(url)) leftOut.set(url, reason);
  }

  async function crawl(): Promise<void> {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      options.signal.throwIfAborted();
      if (visits >= maxVisits || performance.now() > deadlineMs) {
        leave(path, `the crawl ended after ${visits} pages`);
        continue;
      }
      if (!mayVisit(path)) continue;
      visits += 1;
      options.report(`${visits} ${visits === 1 ? 'page' : 'pages'} visited`);
      await visit(path, seen.get(path) as Seen);
    }
  }

  /** A few pages of each kind show where the kind leads to. */
  function mayVisit(path: string): boolean {
    const shape = withoutIdentifiers(pathnameOf(path));
    const parent = `${parentOf(shape)}/*`;
    const ofShape = visitsByPattern.get(shape) ?? 0;
    const ofParent = visitsByPattern.get(parent) ?? 0;
    const crowded = parent !== '/*' && ofParent >= maxVisitsPerParent;
    if (ofShape >= maxVisitsPerPattern || crowded) return false;
    visitsByPattern.set(shape, ofShape + 1).set(parent, ofParent + 1);
    return true;
  }

  async function visit(path: string, entry: Seen): Promise<void> {
    const url = origin + path;
    let reply: HttpReply;
    try {
      reply = await httpGet(url, {
        headers: { accept: 'text/html,application/json;q=0.9,*/*;q=0.8' },
        signal: options.signal,
      });
    } catch (error) {
      options.signal.throwIfAborted();
      seen.delete(path);
      return leave(path, `no reply: ${describeFailure(error)}`);
    }
    entry.status = reply.status;
    const { location } = reply.headers;
    if (reply.status >= 300 && reply.status < 400 && location !== undefined) {
      seen.delete(path);
      leave(path, `redirects to ${location}`);
      return meet(new URL(location, url).href, entry.foundBy, entry.depth);
    }
    if (reply.status >= 400) {
      seen.delete(path);
      return leave(path, `answers ${reply.status}`);
    }
    if (mediaType(reply) !== 'text/html') return;
    const html = await decodedBody(reply).catch(() => Buffer.alloc(0));
    for (const link of pageLinks(html.toString('utf8'), url)) {
      if (link.leftOut === null) meet(link.url, link.foundBy, entry.depth + 1);
      else leave(shortUrl(link.url), link.leftOut);
    }
  }

  function shortUrl(url: string): string {
    return url.startsWith(`${origin}/`) ? url.slice(origin.length) : url;
  }

  async function fetchOpenapi(): Promise<NonNullable<ReturnType<typeof openapiOperations>>> {
    for (const path of openapiPaths) {
      options.signal.throwIfAborted();
      try {
        const reply = await httpGet(origin + path, {
          headers: { accept: 'application/json' },
          signal: options.signal,
        });
        if (reply.status !== 200) continue;
        const operations = openapiOperations(
          JSON.parse((await decodedBody(reply)).toString('utf8')),
        );
        if (operations !== null) return operations;
      } catch {
        // Not there, or no JSON: the next place is tried.
      }
    }
    return [];
  }

  async function summarise(): Promise<Pick<RoutesArtifact, 'routes' | 'leftOut'>> {
    const groups = groupByPattern([...seen.keys()], await options.frameworkPatterns());
    const routes: Route[] = [];
    for (const [pattern, paths] of groups) {
      // Links nobody followed are trusted only where one of their kind was seen to work.
      if (!paths.some((path) => seen.get(path)?.status !== null)) {
        leave(paths[0] as string, 'not reached within the bounds of the crawl');
      } else if (routes.length >= maxRoutes) {
        leave(pattern, `more than ${maxRoutes} routes`);
      } else {
        routes.push({
          name: `GET ${pattern}`,
          method: 'GET',
          pattern,
          examples: paths.slice(0, maxExamples),
          foundBy: seen.get(paths[0] as string)?.foundBy ?? 'link',
        });
      }
    }
    return { routes, leftOut: [...leftOut].map(([url, reason]) => ({ url, reason })) };
  }
}
