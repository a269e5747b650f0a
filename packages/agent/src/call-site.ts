import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { CodeFrame } from './protocol.ts';

/*
 * Where in the app's own code a piece of work was asked for: the nearest frame outside
 * node_modules, Node and the agent. Frames behind an `await` count, V8 keeps those.
 *
 * A stack costs microseconds, tens of them in a busy app whose caches hold other things. So it is
 * taken in two steps, a short one that suffices where the app calls the library itself and a deep
 * one for what sits below an ORM, and what has come from one place many times over is taken from
 * memory most of the time.
 */
const shallowDepth = 3;
const deepDepth = 50;

/** Frames kept for good; a program has far fewer places that do I/O. */
const maxFrames = 5_000;

/** The agent's own files, as a URL and as a path. */
const agentUrl = new URL('.', import.meta.url).href;
const agentPath = fileURLToPath(agentUrl);

/** A function on the stack. */
export type AnyFunction = (...args: never[]) => unknown;

const frames = new Map<string, CodeFrame>();

/** The nearest frame of the app above the call of `below`; null when there is none. */
export function captureCallSite(below: AnyFunction): CodeFrame | null {
  return capture(below, shallowDepth) ?? capture(below, deepDepth);
}

/** How V8 makes stacks, of the whole process. */
interface StackSettings {
  stackTraceLimit: number;
  prepareStackTrace: ((error: unknown, stack: readonly NodeJS.CallSite[]) => unknown) | undefined;
}

function capture(below: AnyFunction, depth: number): CodeFrame | null {
  const settings = Error as unknown as StackSettings;
  const { stackTraceLimit, prepareStackTrace } = settings;
  const holder: { readonly stack?: unknown } = {};
  try {
    settings.stackTraceLimit = depth;
    settings.prepareStackTrace = nearestAppFrame;
    Error.captureStackTrace(holder, below);
    // Reading the stack is what makes V8 prepare it.
    return (holder.stack as CodeFrame | null | undefined) ?? null;
  } finally {
    settings.stackTraceLimit = stackTraceLimit;
    settings.prepareStackTrace = prepareStackTrace;
  }
}

function nearestAppFrame(_: unknown, stack: readonly NodeJS.CallSite[]): CodeFrame | null {
  let below = '';
  for (const site of stack) {
    const file = site.getFileName();
    if (file === undefined || file === null) continue;
    if (isApp(file)) return frameOf(file, site, packageOf(below));
    below = file;
  }
  return null;
}

/** What a driver is made of: a frame that calls it calls the database itself. */
const drivers: ReadonlySet<string> = new Set(['pg', 'pg-pool', 'pg-cursor', 'postgres']);

/** The package a file belongs to, as it is imported; empty for none, and for a driver. */
function packageOf(file: string): string {
  const [, path = ''] = /^.*[/\\]node_modules[/\\](.+)$/.exec(file) ?? [];
  const [first = '', second = ''] = path.split(/[/\\]/, 2);
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return drivers.has(name) ? '' : name;
}

function isApp(file: string): boolean {
  return (
    !file.startsWith('node:') &&
    !file.includes('/node_modules/') &&
    !file.includes('\\node_modules\\') &&
    !file.startsWith(agentUrl) &&
    !file.startsWith(agentPath) &&
    // Neither WebAssembly nor evaluated code has a file to show.
    (file.startsWith('file:') || !file.includes('://'))
  );
}

function frameOf(file: string, site: NodeJS.CallSite, via: string): CodeFrame {
  const line = site.getLineNumber() ?? 0;
  const column = site.getColumnNumber() ?? 0;
  const key = `${line}:${column}:${via}:${file}`;
  let frame = frames.get(key);
  if (frame === undefined) {
    frame = {
      file: file.startsWith('file:') ? fileURLToPath(file) : file,
      line,
      column,
      functionName: site.getFunctionName() ?? '(anonymous)',
      ...(via === '' ? {} : { via }),
    };
    if (frames.size < maxFrames) frames.set(key, frame);
  }
  return frame;
}

/** Equal answers in a row after which a place is trusted. */
const trustedAfter = 16;
/** A trusted place is checked once in so long, which bounds the cost whatever the traffic. */
const checkEveryMs = 100;
/** Routes whose places are told apart; further ones share one memory. */
const maxRoutes = 64;
const otherRoutes = '*';

/**
 * The places one kind of work comes from, a statement's shape for example, by route: the same route
 * runs the same code. Once seen at a second place on one route, it is looked up every time there.
 */
export class CallSiteMemory {
  readonly #routes = new Map<string, RouteMemory>();

  /** The place above the call of `below`, in a request of this route. */
  find(below: AnyFunction, route: string): CodeFrame | null {
    let memory = this.#routes.get(route);
    if (memory === undefined) {
      const key = this.#routes.size < maxRoutes ? route : otherRoutes;
      memory = this.#routes.get(key) ?? new RouteMemory();
      this.#routes.set(key, memory);
    }
    return memory.find(below);
  }
}

class RouteMemory {
  #last: CodeFrame | null = null;
  #agreed = 0;
  #several = false;
  #checkedAt = 0;

  find(below: AnyFunction): CodeFrame | null {
    if (this.#agreed >= trustedAfter && !this.#several) {
      const now = performance.now();
      if (now - this.#checkedAt < checkEveryMs) return this.#last;
      this.#checkedAt = now;
    }
    const found = captureCallSite(below);
    if (this.#agreed === 0 || found === this.#last) this.#agreed += 1;
    else this.#several = true;
    this.#last = found;
    return found;
  }
}

/**
 * The place that asked for work which a library does later, off the caller's stack: what `fetch`
 * or a mailer sends long after it was called.
 */
export const callSiteHint: AsyncLocalStorage<CodeFrame | null> = new AsyncLocalStorage();
