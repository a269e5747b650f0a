/**
 * Turns concrete paths into route patterns: `/products/17` and `/products/18` are one route,
 * `/products/:id`.
 *
 * Best evidence first: patterns the app's own framework uses, as its agent reports them; segments
 * that look like identifiers; many siblings under one parent.
 */

/** Distinct last segments under one parent from which on they are values, not routes of their own. */
const siblingLimit = 10;

/** Groups paths (queries allowed) by pattern, in the order in which the patterns first appear. */
export function groupByPattern(
  paths: readonly string[],
  frameworkPatterns: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const literal = new Set(frameworkPatterns);
  const known = frameworkPatterns
    .filter((pattern) => /[:{]/.test(pattern))
    .map((pattern) => ({ pattern, expression: expressionOf(pattern) }))
    // The most literal pattern wins: `/users/me/:tab` before `/users/:id/:tab`.
    .sort((a, b) => literalSegments(b.pattern) - literalSegments(a.pattern));
  const patternOf = (path: string): string => {
    const pathname = pathnameOf(path);
    if (literal.has(pathname)) return pathname;
    return (
      known.find(({ expression }) => expression.test(pathname))?.pattern ??
      withoutIdentifiers(pathname)
    );
  };
  const crowded = crowdedParents(paths.map(patternOf).filter((pattern) => !literal.has(pattern)));

  const groups = new Map<string, string[]>();
  for (const path of paths) {
    let pattern = patternOf(path);
    if (!literal.has(pattern) && crowded.has(parentOf(pattern))) {
      pattern = `${parentOf(pattern)}/:name`;
    }
    const group = groups.get(pattern);
    if (group === undefined) groups.set(pattern, [path]);
    else group.push(path);
  }
  return groups;
}

/** The path with segments that look like identifiers replaced by `:id`. */
export function withoutIdentifiers(pathname: string): string {
  return pathname
    .split('/')
    .map((segment) => (looksLikeIdentifier(segment) ? ':id' : segment))
    .join('/');
}

/** The path before its query. */
export function pathnameOf(path: string): string {
  return path.split(/[?#]/)[0] as string;
}

/** Everything before the last segment: `/docs` of `/docs/intro`, empty of `/about`. */
export function parentOf(pathname: string): string {
  return pathname.slice(0, Math.max(0, pathname.lastIndexOf('/')));
}

function looksLikeIdentifier(segment: string): boolean {
  return (
    /^\d+$/.test(segment) ||
    // UUID, with or without dashes; hashes and object ids.
    /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(segment) ||
    (/^[0-9a-f]{8,}$/i.test(segment) && /\d/.test(segment)) ||
    // ULID, nanoid and the like: long, letters and digits mixed, no words between dashes.
    (/^[0-9a-z_]{16,}$/i.test(segment) && /\d/.test(segment) && /[a-z]/i.test(segment))
  );
}

/** Parents below the root with too many different children to be routes of their own. */
function crowdedParents(patterns: readonly string[]): ReadonlySet<string> {
  const children = new Map<string, Set<string>>();
  for (const pattern of patterns) {
    const parent = parentOf(pattern);
    if (parent === '' || pattern.endsWith(':id')) continue;
    const known = children.get(parent) ?? new Set();
    children.set(parent, known.add(pattern));
  }
  return new Set(
    [...children].filter(([, known]) => known.size >= siblingLimit).map(([parent]) => parent),
  );
}

/** Understands `:name`, `:name(regex)`, `:name?`, `{name}` and `*`, the notations of the frameworks. */
function expressionOf(pattern: string): RegExp {
  const source = pattern
    .split('/')
    .map((segment) => {
      if (segment === '*' || segment === '**') return '.*';
      if (/[:{]/.test(segment)) return '[^/]+';
      return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('/');
  return new RegExp(`^${source}/?$`);
}

function literalSegments(pattern: string): number {
  return pattern.split('/').filter((segment) => !/[:{*]/.test(segment)).length;
}
