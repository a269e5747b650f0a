import { messageOf, placeOf } from '../error-place.ts';
import { RequestComposer } from '../http/request-composer.ts';
import { TraceContext } from '../http/trace-context.ts';
import { seededRandom } from '@amdahl/metrics';
import type { RequestSpec } from '../run-load.ts';
import { deal } from '../schedule/deal.ts';
import type { LoadedScript } from '../script-file.ts';
import type { CreateUser } from '../users/model.ts';
import { prepareRequests, RequestsUser } from '../users/requests-user.ts';
import { ScriptUser, type ScriptContext } from '../users/script-user.ts';
import type { UserContext } from '../users/session.ts';
import type { WorkerAssignment } from './messages.ts';

/**
 * Makes users who draw from a list of requests.
 *
 * @throws `AMDAHL_LOAD_BAD_REQUEST` when one of the requests cannot be sent.
 */
export function requestsUsers(
  assignment: WorkerAssignment,
  context: UserContext,
  requests: readonly RequestSpec[],
  thinkTimeMs: number,
): CreateUser {
  const list = prepareRequests(requests, context.recorder, composersFor(assignment));
  return (index, listener) => {
    const random = seededRandom(assignment.seed).fork(index);
    return new RequestsUser(context, listener, list, random, thinkTimeMs);
  };
}

/**
 * Makes users who perform a script's tasks, dealt out to its kinds by weight. `noteTask` hears the
 * id of each task whenever its code is about to run.
 *
 * @throws `AMDAHL_LOAD_BAD_REQUEST` when a header of a kind cannot be sent.
 */
export function scriptUsers(
  assignment: WorkerAssignment,
  userContext: UserContext & Pick<ScriptContext, 'shared'>,
  script: LoadedScript,
  noteTask: (taskId: number) => void,
): CreateUser {
  const context: ScriptContext = {
    ...userContext,
    redirects: assignment.client.redirects,
    noteTask: (task) => noteTask(task.id),
    describeError: (error, task) => ({ task, message: messageOf(error), ...placeOf(error) }),
  };
  const composerFor = composersFor(assignment);
  const kinds = script.kinds.map((kind) => ({ kind, composer: composerFor(kind.headers) }));
  const turns = deal(script.kinds.map(({ weight }) => weight));
  let dealt = 0;
  return (index, listener) => {
    // Every worker walks through the same deal and keeps the turns of its own users.
    let turn = 0;
    for (; dealt <= index; dealt += 1) turn = turns.next().value;
    const { kind, composer } = kinds[turn] as (typeof kinds)[number];
    const random = seededRandom(assignment.seed).fork(index);
    return new ScriptUser(context, listener, kind, composer, index, random);
  };
}

/** Composers of one worker, which share its trace ids. */
function composersFor({
  baseUrl,
  endpoint,
  traceRunId,
  share,
}: WorkerAssignment): (headers: Readonly<Record<string, string>> | undefined) => RequestComposer {
  const trace = traceRunId === undefined ? undefined : new TraceContext(traceRunId, share.index);
  return (headers) => new RequestComposer(baseUrl, endpoint, headers, trace);
}
