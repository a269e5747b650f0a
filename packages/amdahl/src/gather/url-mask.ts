import { groupByPattern, pathnameOf, withoutIdentifiers } from './discovery/route-pattern.ts';

/**
 * Takes values out of URLs: what stands where a route has a parameter, and what a query gives its
 * names. Equal values stay equal, so that a reply and the page that names it still belong together.
 * What is left is code: the segments a route spells out, the names of files and of parameters.
 */
export class UrlMask {
  readonly #values = new Map<string, string>();
  #patterns: readonly string[] = [];

  /** Routes by whose patterns URLs are read that come without one. */
  know(patterns: readonly string[]): void {
    // Below a wildcard everything would be a value, each style sheet's name too.
    this.#patterns = patterns.filter((pattern) => !pattern.includes('*'));
  }

  /** @param pattern of the route that answers it, `/products/:id`; null when that is not known */
  hide(url: string, pattern: string | null): string {
    const [, origin = '', path = '', query = null, fragment = null] = parts.exec(url) ?? [];
    const known = (pattern ?? this.#patternOf(path)).split('/');
    const masked = path
      .split('/')
      .map((segment, at) => (known[at] === segment ? segment : this.#segment(segment)))
      .join('/');
    return (
      origin.replace(/\/\/[^@]*@/, '//') +
      (pattern === null ? this.#withoutStems(masked) : masked) +
      (query === null ? '' : `?${this.#query(query)}`) +
      (fragment === null ? '' : `#${this.#value(fragment)}`)
    );
  }

  #patternOf(path: string): string {
    const [pattern = path] = groupByPattern([path], this.#patterns).keys();
    return pattern;
  }

  /** Of a pattern among paths the names of parameters are no values. */
  #segment(segment: string): string {
    return segment === '' || /^[:{*]/.test(segment) ? segment : this.#value(segment);
  }

  /** `/photos/4711.jpg` is named by a value. */
  #withoutStems(path: string): string {
    return path.replace(/[^/.]+(?=\.[^/]*$)/, (stem) =>
      withoutIdentifiers(stem) === stem ? stem : this.#value(stem),
    );
  }

  #query(query: string): string {
    return query
      .split('&')
      .map((pair) => {
        const at = pair.indexOf('=');
        if (at < 0) return pair === '' ? '' : this.#value(pair);
        return `${pair.slice(0, at)}=${this.#value(pair.slice(at + 1))}`;
      })
      .join('&');
  }

  /** The same for the same value, and nothing of it. */
  #value(value: string): string {
    const known = this.#values.get(value);
    if (known !== undefined) return known;
    const masked = `value-${this.#values.size + 1}`;
    this.#values.set(value, masked);
    return masked;
  }
}

/** Origin, path, query and fragment; origin and the last two may be missing. */
const parts = /^([a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is;

/** The pattern in a route's name: `/products/:id` of `GET /products/:id`. */
export function patternOfRoute(route: string): string {
  return pathnameOf(route.slice(route.indexOf(' ') + 1));
}
