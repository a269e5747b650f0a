/** Entry of the thread that runs a script's `setup` or `teardown`, once, with an own connection. */
import { parentPort, workerData } from 'node:worker_threads';
import { isAmdahlError, seededRandom } from '@amdahl/metrics';
import { Alarms } from '../alarms.ts';
import { setPlacement } from '../data/placement.ts';
import { dirname } from 'node:path';
import { messageOf, placeOf } from '../error-place.ts';
import { createConnectionContext } from '../http/connection-context.ts';
import { RequestComposer } from '../http/request-composer.ts';
import { createTransports } from '../http/transports.ts';
import { loadErrors } from '../load-errors.ts';
import { Recorder } from '../measure/recorder.ts';
import { WeightedDraw } from '../schedule/weighted-draw.ts';
import { loadScriptFile, type LoadedTask } from '../script-file.ts';
import { ScriptUser } from '../users/script-user.ts';
import { onTime } from '../users/virtual-user.ts';
import type { HookAssignment, HookOutcome } from './run-hook.ts';

/** A fork of the run's seed that is no user's. */
const hookFork = -2;

const port = parentPort;
if (port === null) throw new TypeError('This module runs in a worker thread only.');
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
const tell = (outcome: HookOutcome): void => port.postMessage(outcome);

const { file, hook, data, endpoint, client, baseUrl, seed } = workerData as HookAssignment;
try {
  setPlacement({ folder: dirname(file), share: { index: 0, of: 1 } });
  const script = await loadScriptFile(file);
  const given = script.hooks[hook];
  if (given !== undefined) await run(given);
} catch (error) {
  tell({ error: coded(error).toJSON() });
}

async function run(hookTask: LoadedTask): Promise<void> {
  const over = Promise.withResolvers<void>();
  let result: unknown;
  const task: LoadedTask = {
    ...hookTask,
    run: async (user) => {
      try {
        result = await hookTask.run(user);
      } catch (error) {
        over.reject(error);
      }
    },
  };
  const nowMs = (): number => performance.now();
  const alarms = new Alarms(nowMs);
  const connections = createConnectionContext(endpoint, alarms, nowMs);
  const transports = createTransports(connections, client.http2, undefined);
  const user = new ScriptUser(
    {
      connections,
      openTransport: transports.forUser,
      recorder: new Recorder(),
      alarms,
      nowMs,
      scheduled: false,
      redirects: client.redirects,
      shared: { data },
      noteTask: () => undefined,
      describeError: (error, name) => ({ task: name, message: messageOf(error) }),
    },
    { over: () => over.resolve(), parked: () => over.resolve() },
    {
      name: hook,
      weight: 1,
      thinkTime: undefined,
      headers: {},
      start: undefined,
      tasks: new WeightedDraw([task], () => 1),
    },
    new RequestComposer(baseUrl, endpoint, {}, undefined),
    0,
    seededRandom(seed).fork(hookFork),
  );
  try {
    user.perform(onTime);
    await over.promise;
  } finally {
    user.abandon();
    transports.close();
    alarms.clear();
  }
  tell({ json: JSON.stringify(result) ?? 'null' });
}

function coded(error: unknown): ReturnType<typeof loadErrors.create> {
  if (isAmdahlError(error)) return error;
  const place = placeOf(error);
  const where = place === undefined ? '' : ` (${place.file}:${place.line})`;
  return loadErrors.create('AMDAHL_LOAD_HOOK_FAILED', {
    expected: `${hook} of the script to come to its end, and to return plain data`,
    found: `${messageOf(error)}${where}`,
    next: 'Correct the script.',
    cause: error,
    details: { hook, ...place },
  });
}
