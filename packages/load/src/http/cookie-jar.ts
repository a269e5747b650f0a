/** Cookies a jar holds at most: what RFC 6265, section 6.1 asks of clients for one domain, times two. */
const maxCookies = 100;

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly secure: boolean;
  /** Infinity for a session cookie. */
  readonly expiresAtEpochMs: number;
}

/**
 * The cookies of one user at one origin (RFC 6265, sections 5.2 to 5.4): name, value, path, expiry
 * and `Secure` count; a cookie for another domain is ignored.
 */
export class CookieJar {
  readonly #host: string;
  readonly #secure: boolean;
  readonly #epochMs: () => number;
  /** Longer paths first, as they are sent. */
  #cookies: Cookie[] = [];
  /** The header for every path, kept while all cookies are for `/` and none expires. */
  #simpleHeader = '';
  #simple = true;

  constructor(host: string, secure: boolean, epochMs: () => number = Date.now) {
    this.#host = host.toLowerCase();
    this.#secure = secure;
    this.#epochMs = epochMs;
  }

  /** Takes the `Set-Cookie` values of a reply to a request for this path. */
  store(setCookies: readonly string[], requestPath: string): void {
    for (const text of setCookies) {
      const cookie = this.#parse(text, requestPath);
      if (cookie === undefined) continue;
      this.#cookies = this.#cookies.filter(
        (other) => other.name !== cookie.name || other.path !== cookie.path,
      );
      if (cookie.expiresAtEpochMs > this.#epochMs()) this.#cookies.push(cookie);
    }
    if (this.#cookies.length > maxCookies) this.#cookies = this.#cookies.slice(-maxCookies);
    this.#cookies.sort((a, b) => b.path.length - a.path.length);
    this.#simple = this.#cookies.every(
      (cookie) => cookie.path === '/' && cookie.expiresAtEpochMs === Infinity,
    );
    this.#simpleHeader = headerOf(this.#cookies);
  }

  /** The value of the `Cookie` header for a request to this path; empty for none. */
  header(requestPath: string): string {
    if (this.#simple) return this.#simpleHeader;
    const now = this.#epochMs();
    return headerOf(
      this.#cookies.filter(
        (cookie) => cookie.expiresAtEpochMs > now && pathMatches(cookie.path, requestPath),
      ),
    );
  }

  #parse(text: string, requestPath: string): Cookie | undefined {
    const [pair = '', ...attributes] = text.split(';');
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, equals)).trim();
    if (name === '') return undefined;
    let path = defaultPath(requestPath);
    let expiresAtEpochMs = Infinity;
    let maxAgeSeen = false;
    let secure = false;
    for (const attribute of attributes) {
      const [key = '', ...rest] = attribute.split('=');
      const value = rest.join('=').trim();
      switch (key.trim().toLowerCase()) {
        case 'path':
          path = value.startsWith('/') ? value : defaultPath(requestPath);
          break;
        case 'max-age':
          if (!/^-?\d+$/.test(value)) break;
          maxAgeSeen = true;
          expiresAtEpochMs = Number(value) <= 0 ? -Infinity : this.#epochMs() + Number(value) * 1e3;
          break;
        case 'expires': {
          // Max-Age has precedence wherever it stands.
          const atEpochMs = Date.parse(value);
          if (!maxAgeSeen && !Number.isNaN(atEpochMs)) expiresAtEpochMs = atEpochMs;
          break;
        }
        case 'domain':
          if (!this.#isWithin(value.replace(/^\./, '').toLowerCase())) return undefined;
          break;
        case 'secure':
          secure = true;
          break;
        default:
      }
    }
    if (secure && !this.#secure) return undefined;
    return { name, value: pair.slice(equals + 1).trim(), path, secure, expiresAtEpochMs };
  }

  #isWithin(domain: string): boolean {
    return domain === '' || this.#host === domain || this.#host.endsWith(`.${domain}`);
  }
}

function headerOf(cookies: readonly Cookie[]): string {
  return cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ');
}

/** RFC 6265, section 5.1.4. */
function pathMatches(cookiePath: string, requestPath: string): boolean {
  const path = withoutQuery(requestPath);
  return (
    path === cookiePath ||
    (path.startsWith(cookiePath) &&
      (cookiePath.endsWith('/') || path.charAt(cookiePath.length) === '/'))
  );
}

function defaultPath(requestPath: string): string {
  const path = withoutQuery(requestPath);
  const lastSlash = path.lastIndexOf('/');
  return lastSlash <= 0 ? '/' : path.slice(0, lastSlash);
}

function withoutQuery(path: string): string {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}
