/** Entry of a worker thread: one share of a load run. */
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { AmdahlError } from '@amdahl/metrics';
import { setPlacement } from '../data/placement.ts';
import { messageOf } from '../error-place.ts';
import { loadErrors } from '../load-errors.ts';
import { loadScriptFile, type LoadedScript } from '../script-file.ts';
import { LoadEngine } from './load-engine.ts';
import { Snapshots } from './snapshots.ts';
import {
  tickIntervalMs,
  type MessageFromWorker,
  type MessageToWorker,
  type WorkerAssignment,
} from './messages.ts';

const port = parentPort;
if (port === null) throw new TypeError('This module runs in a worker thread only.');
const assignment = workerData as WorkerAssignment;
const noScript: LoadedScript = { kinds: [], taskNames: [], hooks: {} };
const send = (message: MessageFromWorker): void => port.postMessage(message);

try {
  const { scenario, share } = assignment;
  if (scenario.kind === 'script') setPlacement({ folder: dirname(scenario.file), share });
  const script = scenario.kind === 'script' ? await loadScriptFile(scenario.file) : noScript;
  const notes = new Int32Array(assignment.taskNotes);
  const engine = new LoadEngine(assignment, script, (taskId) => (notes[share.index] = taskId));
  port.on('message', (message: MessageToWorker) => {
    if (message.type === 'stop') engine.stop();
    else if (message.type === 'users') engine.setUsers(message.users);
    else void run(engine, message.atEpochMs - performance.timeOrigin, message.data);
  });
  const { taskNames, hooks } = script;
  const present = (['setup', 'teardown'] as const).filter((hook) => hooks[hook] !== undefined);
  send({ type: 'ready', script: { taskNames, hooks: present } });
} catch (error) {
  send({ type: 'failed', error: codedError(error).toJSON() });
}

async function run(engine: LoadEngine, startMs: number, data: unknown): Promise<void> {
  const snapshots = new Snapshots(engine);
  const ticker = setInterval(() => {
    const tick = engine.tick();
    // A lone worker that is lost leaves no run to keep its figures for.
    const due = assignment.share.of > 1 && tick.seconds.length > 0;
    const report = due ? snapshots.next() : undefined;
    send({ type: 'tick', tick, ...(report === undefined ? {} : { report }) });
  }, tickIntervalMs);
  const report = await engine.run(startMs, data);
  clearInterval(ticker);
  send({ type: 'done', tick: engine.tick(), report });
}

function codedError(error: unknown): AmdahlError {
  if (error instanceof AmdahlError) return error;
  return loadErrors.create('AMDAHL_LOAD_WORKER_DIED', {
    expected: 'a worker thread that gets ready',
    found: messageOf(error),
    next: 'Report this as a bug, with the load script.',
    cause: error,
  });
}
