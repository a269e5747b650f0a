import { pathToFileURL } from 'node:url';
import { isAmdahlError } from '@amdahl/metrics';
import { messageOf, placeOf } from './error-place.ts';
import { authorizationHeader } from './http/authorization.ts';
import { loadErrors } from './load-errors.ts';
import type { Task, User, UserKind } from './script.ts';
import { WeightedDraw } from './schedule/weighted-draw.ts';
import type { ThinkTime } from './think-time.ts';
import type { HookName } from './worker/run-hook.ts';

/** A task ready to run. */
export interface LoadedTask {
  /** Index over all tasks of the script. */
  readonly id: number;
  /** `shopper / view product` */
  readonly name: string;
  readonly weight: number;
  readonly run: (user: User) => unknown;
}

/** A kind of user, checked. */
export interface LoadedUserKind {
  readonly name: string;
  readonly weight: number;
  readonly thinkTime: ThinkTime | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly start: LoadedTask | undefined;
  readonly tasks: WeightedDraw<LoadedTask>;
}

export interface LoadedScript {
  readonly kinds: readonly LoadedUserKind[];
  /** Names of all tasks by id. */
  readonly taskNames: readonly string[];
  readonly hooks: { readonly [Hook in HookName]?: LoadedTask };
}

/**
 * Imports a script file and checks its default export.
 *
 * @throws `AMDAHL_LOAD_BAD_SCRIPT`, with the file and, where it can be told, the line.
 */
export async function loadScriptFile(file: string): Promise<LoadedScript> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  } catch (cause) {
    if (isAmdahlError(cause)) throw cause;
    const place = placeOf(cause) ?? { file, line: 0 };
    throw loadErrors.create('AMDAHL_LOAD_BAD_SCRIPT', {
      expected: 'a load script that can be imported',
      found: `${messageOf(cause)} (${place.file}${place.line > 0 ? `:${place.line}` : ''})`,
      next: 'Correct the script; `node` with the file as its argument shows the same error.',
      cause,
      details: { ...place },
    });
  }
  return new ScriptReader(file).read(module.default);
}

/** Checks what a script exports and makes it ready to run. */
class ScriptReader {
  readonly #file: string;
  readonly #taskNames: string[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  read(exported: unknown): LoadedScript {
    if (exported === undefined) {
      throw this.#bad('a default export', 'none', 'Add `export default defineLoad({ users: … })`.');
    }
    const users = isObject(exported) ? exported['users'] : undefined;
    if (!isObject(users) || Object.keys(users).length === 0) {
      throw this.#bad(
        'a default export with at least one kind of user in `users`',
        describe(users === undefined ? exported : users),
        'Add `users: { visitor: { tasks: { … } } }`.',
      );
    }
    const kinds = Object.entries(users).map(([name, kind]) => this.#readKind(name, kind));
    return { kinds, taskNames: this.#taskNames, hooks: this.#readHooks(exported) };
  }

  #readHooks(exported: unknown): LoadedScript['hooks'] {
    const hooks: { [Hook in HookName]?: LoadedTask } = {};
    for (const hook of ['setup', 'teardown'] as const) {
      const given = (exported as Record<string, unknown>)[hook];
      if (given === undefined) continue;
      if (typeof given !== 'function') {
        throw this.#bad(`a function as ${hook}`, describe(given), 'Make it a function.');
      }
      hooks[hook] = this.#task(hook, 1, given as Task);
    }
    return hooks;
  }

  #readKind(name: string, kind: unknown): LoadedUserKind {
    if (!isObject(kind)) {
      throw this.#bad(`an object as users.${name}`, describe(kind), 'Give the user its tasks.');
    }
    const { weight, thinkTime, headers, auth, start, tasks } = kind as Partial<UserKind>;
    const path = `users.${name}`;
    if (!isObject(tasks) || Object.keys(tasks).length === 0) {
      throw this.#bad(
        `at least one task in ${path}.tasks`,
        describe(tasks),
        "Add a task such as `home: ({ http }) => http.get('/')`.",
      );
    }
    if (thinkTime !== undefined && typeof thinkTime?.draw !== 'function') {
      throw this.#bad(
        `a distribution as ${path}.thinkTime`,
        describe(thinkTime),
        "Write constant('1s'), uniform('1s', '5s'), exponential('2s') or normal('2s', '500ms').",
      );
    }
    if (start !== undefined && typeof start !== 'function') {
      throw this.#bad(`a function as ${path}.start`, describe(start), 'Make it a function.');
    }
    const loaded = Object.entries(tasks).map(([task, run]) => this.#readTask(name, task, run));
    return {
      name,
      weight: this.#readWeight(`${path}.weight`, weight ?? 1),
      thinkTime,
      headers: {
        ...headers,
        ...(auth === undefined ? {} : { Authorization: authorizationHeader(auth) }),
      },
      start:
        start &&
        this.#task(`${name} / start`, 1, async (user) => {
          (user as { state: unknown }).state = await start(user);
        }),
      tasks: new WeightedDraw(loaded, (task) => task.weight),
    };
  }

  #readTask(kind: string, name: string, task: unknown): LoadedTask {
    const path = `users.${kind}.tasks.${JSON.stringify(name)}`;
    if (typeof task === 'function') return this.#task(`${kind} / ${name}`, 1, task as Task);
    if (!isObject(task) || typeof task['run'] !== 'function') {
      throw this.#bad(
        `a function, or weighted(…) of one, as ${path}`,
        describe(task),
        'Make the task a function that takes the user.',
      );
    }
    const weight = this.#readWeight(path, task['weight']);
    return this.#task(`${kind} / ${name}`, weight, task['run'] as Task);
  }

  #task(name: string, weight: number, run: Task): LoadedTask {
    return { id: this.#taskNames.push(name) - 1, name, weight, run };
  }

  #readWeight(path: string, weight: unknown): number {
    if (typeof weight === 'number' && Number.isFinite(weight) && weight > 0) return weight;
    throw this.#bad(
      `a weight above 0 for ${path}`,
      describe(weight),
      'Give it a positive number, or take it out.',
    );
  }

  #bad(expected: string, found: string, next: string): Error {
    return loadErrors.create('AMDAHL_LOAD_BAD_SCRIPT', {
      expected,
      found: `${found} (${this.#file})`,
      next,
      details: { file: this.#file },
    });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A value of any kind for an error message. */
function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string' || Array.isArray(value)) return JSON.stringify(value);
  if (isObject(value)) return `an object with ${Object.keys(value).join(', ') || 'nothing in it'}`;
  return String(value);
}
