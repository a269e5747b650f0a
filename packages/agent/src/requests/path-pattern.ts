/** Longer paths are cut: a pattern is a name, not an address. */
const maxSegments = 12;
const maxLength = 200;

/** Longer segments are tokens, not words. */
const maxSegmentLength = 40;

const uuid = /^[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}$/i;
/** A hash or an object id: eight hexadecimal digits or more, a decimal one among them. */
const hex = /^(?=.*\d)[\da-f]{8,}$/i;
/** Nano ids, ULIDs and the like: long, and mixing letters with digits. */
const token = /^(?=.*\d)(?=.*[a-z])[\w-]{20,}$/i;
/** `post-17`, `invoice2026000123.pdf` */
const numberInside = /\d{4,}|(?<=[-_])\d+$/g;

/** Patterns remembered by path; a service is asked for the same paths again and again. */
const maxRemembered = 2_000;
const remembered = new Map<string, string>();

/**
 * The path of a URL with what looks like an identifier replaced by `:id`, for apps whose framework
 * tells no pattern: `/orders/17/lines?page=2` becomes `/orders/:id/lines`.
 */
export function patternOfPath(url: string): string {
  const query = url.search(/[?#]/);
  const path = query < 0 ? url : url.slice(0, query);
  const known = remembered.get(path);
  if (known !== undefined) return known;
  const pattern = makePattern(path);
  if (remembered.size >= maxRemembered) remembered.clear();
  if (path.length <= maxLength) remembered.set(path, pattern);
  return pattern;
}

function makePattern(path: string): string {
  const segments = path.split('/');
  const kept = segments.slice(0, maxSegments).map(patternOfSegment);
  if (segments.length > maxSegments) kept.push('*');
  const pattern = kept.join('/');
  if (pattern === '') return '/';
  return pattern.length > maxLength ? `${pattern.slice(0, maxLength)}*` : pattern;
}

function patternOfSegment(segment: string): string {
  if (/^\d+$/.test(segment)) return ':id';
  if (segment.length > maxSegmentLength || segment.includes('%40')) return ':id';
  if (uuid.test(segment) || hex.test(segment) || token.test(segment)) return ':id';
  return segment.replace(numberInside, ':id');
}
