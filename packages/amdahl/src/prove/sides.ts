import type { OptionValues } from '../commands/options.ts';
import type { RunOptions } from '../run-options.ts';
import type { SideOptions } from './measure-slice.ts';
import type { Side } from './proof.ts';
import { proveErrors } from './prove-errors.ts';

/** The options that say what A and B are. */
export type SideFlags = Pick<OptionValues, 'a' | 'b' | 'aUrl' | 'bUrl' | 'aEnv' | 'bEnv'>;

/**
 * A and B from what was given: two running services, two commands at one URL, or one app whose
 * environment differs.
 *
 * @throws AMDAHL_PROVE_SIDES_UNCLEAR
 */
export function sidesOf(
  flags: SideFlags,
  shared: Pick<RunOptions, 'app' | 'env' | 'url'>,
): Readonly<Record<Side, SideOptions>> {
  const { a, b, aUrl, bUrl, aEnv, bEnv } = flags;
  const commands = a !== undefined || b !== undefined;
  const environments = aEnv !== undefined || bEnv !== undefined;
  if (aUrl !== undefined || bUrl !== undefined) {
    if (aUrl === undefined || bUrl === undefined) throw unclear('only one of --a-url and --b-url');
    if (commands) throw unclear('both commands and URLs of running services');
    if (environments) throw unclear('an environment for services that already run');
    return {
      a: { command: null, env: {}, url: aUrl },
      b: { command: null, env: {}, url: bUrl },
    };
  }
  if (commands && (a === undefined || b === undefined)) throw unclear('only one of --a and --b');
  const commandA = a ?? shared.app;
  const commandB = b ?? shared.app;
  if (commandA === null || commandB === null)
    throw unclear('no command and no two running services');
  if (!commands && !environments) throw unclear('one app, and nothing that tells A from B');
  return {
    a: { command: commandA, env: { ...shared.env, ...aEnv }, url: shared.url },
    b: { command: commandB, env: { ...shared.env, ...bEnv }, url: shared.url },
  };
}

function unclear(found: string): Error {
  return proveErrors.create('AMDAHL_PROVE_SIDES_UNCLEAR', {
    expected:
      'an A and a B: --a and --b with two commands, --a-url and --b-url of two running services, ' +
      'or --app with --a-env and --b-env',
    found,
    next: 'Try: amdahl prove --app "node server.js" --url http://127.0.0.1:3000/ --b-env FIX=1',
  });
}
