import { describe, expect, test } from 'vitest';
import { sidesOf, type SideFlags } from '../../src/prove/sides.ts';

const url = 'http://127.0.0.1:3000/';
const app = 'node server.js';
const nothing = { app: null, env: {}, url };

describe('A and B', () => {
  test('may be two commands at one URL', () => {
    expect(sidesOf({ a: 'node a.js', b: 'node b.js' }, nothing)).toEqual({
      a: { command: 'node a.js', env: {}, url },
      b: { command: 'node b.js', env: {}, url },
    });
  });

  test('may be one app whose environment differs', () => {
    expect(sidesOf({ bEnv: { FIX: '1' } }, { app, env: { PORT: '3000' }, url })).toEqual({
      a: { command: app, env: { PORT: '3000' }, url },
      b: { command: app, env: { PORT: '3000', FIX: '1' }, url },
    });
  });

  test('may be two running services, whatever app the configuration names', () => {
    const other = 'http://127.0.0.1:3001/';
    expect(sidesOf({ aUrl: url, bUrl: other }, { app, env: {}, url })).toEqual({
      a: { command: null, env: {}, url },
      b: { command: null, env: {}, url: other },
    });
  });

  test('may be two commands whose environment differs too', () => {
    const sides = sidesOf({ a: 'a', b: 'b', aEnv: { X: '1' }, bEnv: { X: '2' } }, nothing);
    expect([sides.a.env, sides.b.env]).toEqual([{ X: '1' }, { X: '2' }]);
  });
});

const unclear: readonly (readonly [string, SideFlags, string | null])[] = [
  ['nothing', {}, null],
  ['one app and nothing else', {}, app],
  ['only A', { a: 'a' }, null],
  ['only B, beside an app', { b: 'b' }, app],
  ['only the URL of A', { aUrl: url }, null],
  ['URLs and commands', { aUrl: url, bUrl: url, a: 'a', b: 'b' }, null],
  ['URLs and an environment', { aUrl: url, bUrl: url, bEnv: { X: '1' } }, null],
  ['an environment without an app', { bEnv: { X: '1' } }, null],
];

test.each(unclear)('%s is unclear', (_, flags, command) => {
  expect(() => sidesOf(flags, { ...nothing, app: command })).toThrow(
    expect.objectContaining({ code: 'AMDAHL_PROVE_SIDES_UNCLEAR', exitCode: 2 }) as Error,
  );
});
