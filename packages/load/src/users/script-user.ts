import type { RequestComposer } from '../http/request-composer.ts';
import type { TaskErrorSample } from '../result.ts';
import { isAmdahlError, type Random } from '@amdahl/metrics';
import { trendScale } from '../measure/custom-metrics.ts';
import type { LoadedUserKind, LoadedTask } from '../script-file.ts';
import type { User, UserMetrics } from '../script.ts';
import { constant, type ThinkTime } from '../think-time.ts';
import { ScriptSocketClient } from '../websocket/socket-client.ts';
import { ScriptClient } from './script-client.ts';
import { Session, type UserContext } from './session.ts';
import type { Lateness, UserListener, VirtualUser } from './virtual-user.ts';

/** Time after which a user whose `start` threw tries again. */
const startAgainMs = 1_000;

/** What script users of a worker share beyond what all users share. */
export interface ScriptContext extends UserContext {
  /** Notes which task runs now, for whoever finds the thread blocked. */
  readonly noteTask: (task: LoadedTask) => void;
  /** Redirects a request follows at most unless it says otherwise. */
  readonly redirects: number;
  readonly describeError: (error: unknown, task: string) => TaskErrorSample;
  readonly shared: SharedData;
}

/** What `setup` returned, once the run has started. */
export interface SharedData {
  data: unknown;
}

/** A user that performs a script's tasks. */
export class ScriptUser implements VirtualUser, User {
  readonly index: number;
  readonly random: Random;
  readonly http: ScriptClient;
  #sockets: ScriptSocketClient | undefined;
  #metrics: UserMetrics | undefined;
  readonly #composer: RequestComposer;
  state: unknown = undefined;

  readonly #context: ScriptContext;
  readonly #listener: UserListener;
  readonly #kind: LoadedUserKind;
  readonly #session: Session;
  /** Whether `start` has come to an end. */
  #started: boolean;
  #task: LoadedTask | undefined;
  #taskFailed = false;
  /** Times the event loop came back to this user within its task. */
  #resumed = 0;
  /** Whether the task's own code has ended, and only its requests have not. */
  #awaitsReplies = false;
  #parked = false;

  constructor(
    context: ScriptContext,
    listener: UserListener,
    kind: LoadedUserKind,
    composer: RequestComposer,
    index: number,
    random: Random,
  ) {
    this.#context = context;
    this.#listener = listener;
    this.#kind = kind;
    this.#composer = composer;
    this.#session = new Session(context);
    this.#started = kind.start === undefined;
    this.index = index;
    this.random = random;
    this.http = new ScriptClient(
      this.#session,
      composer,
      context.recorder,
      this,
      context.redirects,
    );
  }

  /** Made by the first task that asks for it. */
  get ws(): ScriptSocketClient {
    return (this.#sockets ??= new ScriptSocketClient({
      ...this.#context,
      session: this.#session,
      composer: this.#composer,
      listener: this,
    }));
  }

  get data(): unknown {
    return this.#context.shared.data;
  }

  get #inFlight(): number {
    return this.http.inFlight + (this.#sockets?.inFlight ?? 0);
  }

  perform(lateness: Lateness): void {
    this.#session.startTask(lateness);
    this.#next();
  }

  thinkTimeMs(): number {
    return this.#kind.thinkTime?.draw(this.random) ?? 0;
  }

  abandon(): void {
    this.#session.abandon();
    this.#sockets?.abandon();
  }

  readonly check = (name: string, passed: boolean): boolean => {
    const { recorder, nowMs } = this.#context;
    if (nowMs() >= recorder.time.fromMs) recorder.check(name, passed);
    return passed;
  };

  readonly pause = (time: ThinkTime | string | number): Promise<void> => {
    const drawn = typeof time === 'object' ? time : constant(time);
    const { alarms, nowMs } = this.#context;
    return new Promise((resolve) => {
      alarms.at(nowMs() + drawn.draw(this.random), () => {
        this.#resume();
        resolve();
      });
    });
  };

  readonly think = (): Promise<void> => this.pause(this.#kind.thinkTime ?? 0);

  readonly group = async <Result>(
    name: string,
    run: () => Result | Promise<Result>,
  ): Promise<Result> => {
    const { recorder, nowMs } = this.#context;
    const intendedMs = this.#session.intendedMs();
    const result = await run();
    if (intendedMs >= recorder.time.fromMs && !recorder.isOver(intendedMs)) {
      recorder.custom.record('group', name, (nowMs() - intendedMs) * 1_000);
    }
    return result;
  };

  /** Made by the first task that asks for it. */
  get metrics(): UserMetrics {
    const { recorder, nowMs } = this.#context;
    const counts = (): boolean => nowMs() >= recorder.time.fromMs;
    return (this.#metrics ??= {
      count: (name, amount = 1) => {
        if (counts()) recorder.custom.count(name, amount);
      },
      record: (name, value) => {
        if (counts()) recorder.custom.record('trend', name, value * trendScale);
      },
    });
  }

  replied(): void {
    this.#resume();
    if (this.#awaitsReplies && this.#inFlight === 0) this.#end();
  }

  parked(): void {
    if (this.#parked) return;
    this.#parked = true;
    this.#listener.parked(this);
  }

  /** Runs `start` if it has not come to an end yet, else a task. */
  readonly #next = (): void => {
    const { start, tasks } = this.#kind;
    this.#run(this.#started || start === undefined ? tasks.draw(this.random) : start);
  };

  /** Callbacks instead of an async function: nothing of our own is awaited for each task. */
  #run(task: LoadedTask): void {
    this.#task = task;
    this.#taskFailed = false;
    this.#resumed = 0;
    this.#context.noteTask(task);
    try {
      const result = task.run(this);
      if (isThenable(result)) result.then(this.#end, this.#fail);
      else this.#end();
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #fail = (error: unknown): void => {
    const { recorder, describeError } = this.#context;
    this.#taskFailed = true;
    recorder.taskError(describeError(error, this.#task?.name ?? ''));
    // Without data the user has nothing more to do; a schedule goes on to ask for the task.
    const starved = isAmdahlError(error) && error.code === 'AMDAHL_LOAD_FEEDER_EMPTY';
    if (starved && !this.#context.scheduled) this.parked();
    else this.#end();
  };

  /** The task's code has ended. It is not over while its requests are, awaited or not. */
  readonly #end = (): void => {
    this.#awaitsReplies = this.#inFlight > 0;
    if (this.#awaitsReplies) return;
    // A task that waits for nothing must not keep the event loop from turning.
    if (this.#resumed === 0) setImmediate(this.#over);
    else this.#over();
  };

  readonly #over = (): void => {
    if (this.#parked) return;
    if (this.#started) {
      this.#listener.over(this);
    } else if (this.#taskFailed) {
      const { alarms, nowMs } = this.#context;
      alarms.at(nowMs() + startAgainMs, this.#next);
    } else {
      this.#started = true;
      this.#next();
    }
  };

  #resume(): void {
    this.#resumed += 1;
    if (this.#task !== undefined) this.#context.noteTask(this.#task);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
