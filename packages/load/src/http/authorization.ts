import { loadErrors } from '../load-errors.ts';
import type { Authorization } from '../script.ts';

const badBearer = /[^!-~]|^$/;

/**
 * The value of the `Authorization` header: Basic (RFC 7617, UTF-8) or Bearer (RFC 6750).
 *
 * @throws `AMDAHL_LOAD_BAD_REQUEST` when it is neither a user with a password nor a token.
 */
export function authorizationHeader(auth: Authorization): string {
  if (typeof auth === 'object' && auth !== null) {
    if ('bearer' in auth) {
      if (typeof auth.bearer === 'string' && !badBearer.test(auth.bearer)) {
        return `Bearer ${auth.bearer}`;
      }
    } else if (typeof auth.user === 'string' && typeof auth.password === 'string') {
      // The colon ends the name, so a name cannot hold one (RFC 7617, section 2).
      if (!auth.user.includes(':')) {
        return `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`;
      }
    }
  }
  throw loadErrors.create('AMDAHL_LOAD_BAD_REQUEST', {
    expected: '{ user, password } without a colon in the user, or { bearer } of visible characters',
    found: auth === null || typeof auth !== 'object' ? String(auth) : Object.keys(auth).join(', '),
    next: 'Correct the `auth` of the user or the request.',
  });
}
