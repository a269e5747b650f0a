/**
 * The load names routes as its script does, the agent as the framework does. `GET /products/:id`,
 * `GET /products/{slug}` and, from a script that names nothing, `GET /products/17` are one route.
 */
interface RouteParts {
  readonly method: string;
  readonly segments: readonly string[];
}

const parameter = ':';

function partsOf(route: string): RouteParts {
  const [method = '', path = ''] = route.split(' ', 2);
  const segments = path
    .replace(/[?#].*$/, '')
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => (/^[:{[*]/.test(segment) ? parameter : segment));
  return { method: method.toUpperCase(), segments };
}

/** How well a name fits: 2 the same but for parameters' names, 1 a value where the other has a parameter, 0 another route. */
function fit(a: string, b: string): 0 | 1 | 2 {
  const left = partsOf(a);
  const right = partsOf(b);
  if (left.method !== right.method || left.segments.length !== right.segments.length) return 0;
  let exact = true;
  for (const [index, segment] of left.segments.entries()) {
    const other = right.segments[index] as string;
    if (segment === other) continue;
    if (segment !== parameter && other !== parameter) return 0;
    exact = false;
  }
  return exact ? 2 : 1;
}

/**
 * The items whose route is this one. Only the best fit counts, and there may be several of it; the
 * one of exactly this name comes first.
 */
export function matchingRoutes<Item>(
  route: string,
  items: readonly Item[],
  routeOf: (item: Item) => string,
): readonly Item[] {
  const fits = items.map((item) => ({ item, fit: fit(route, routeOf(item)) }));
  const best = Math.max(0, ...fits.map((entry) => entry.fit));
  if (best === 0) return [];
  return fits
    .filter((entry) => entry.fit === best)
    .map((entry) => entry.item)
    .sort((a, b) => Number(routeOf(b) === route) - Number(routeOf(a) === route));
}
