/** How a redirect ends that is not followed further. */
export type RedirectFault =
  | 'redirect-loop'
  | 'too-many-redirects'
  | 'redirect-to-other-origin'
  | 'bad-location';

/** What a redirect asks for next. */
export interface NextHop {
  readonly method: string;
  readonly location: string;
  /** Whether the body is sent again. */
  readonly keepsBody: boolean;
}

const rewritten: ReadonlySet<number> = new Set([301, 302, 303]);

/** Whether a reply of this status names another place to ask (RFC 9110, section 15.4). */
export function isRedirect(status: number): boolean {
  return rewritten.has(status) || status === 307 || status === 308;
}

/**
 * The request that follows a redirect: 303 becomes GET, 301 and 302 turn POST into GET as browsers
 * do, 307 and 308 repeat method and body; HEAD stays HEAD.
 */
export function nextHop(status: number, method: string, location: string): NextHop {
  const toGet =
    status === 303 ? method !== 'HEAD' : (status === 301 || status === 302) && method === 'POST';
  return toGet
    ? { method: 'GET', location, keepsBody: false }
    : { method, location, keepsBody: status !== 303 };
}
