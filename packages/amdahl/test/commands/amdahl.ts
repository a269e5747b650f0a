import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { processesWith } from '../fixtures/site.ts';

const binary = fileURLToPath(new URL('../../bin/amdahl.js', import.meta.url));

/** The command line in a folder of its own, with a temporary folder of its own: for what it leaves. */
export class CommandLine {
  /** Current folder of the commands. */
  readonly directory: string;
  readonly #root: string;
  readonly #temporary: string;
  /** In the environment of every process a command starts. */
  readonly #marker = randomUUID();

  private constructor(root: string) {
    this.#root = root;
    this.directory = join(root, 'project');
    this.#temporary = join(root, 'tmp');
  }

  static async create(): Promise<CommandLine> {
    const commandLine = new CommandLine(await mkdtemp(join(tmpdir(), 'amdahl-test-')));
    await mkdir(commandLine.directory);
    await mkdir(commandLine.#temporary);
    return commandLine;
  }

  /** Starts `amdahl` with these arguments. */
  start(args: readonly string[], options: StartOptions = {}): RunningCommand {
    const [command, ...prefix] = [...(options.prefix ?? []), process.execPath] as [string];
    return new RunningCommand(
      spawn(command, [...prefix, binary, ...args], {
        cwd: this.directory,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
          NODE_OPTIONS: '--conditions=@amdahl/source',
          TMPDIR: this.#temporary,
          STARTED_BY: this.#marker,
          ...options.env,
        },
      }),
    );
  }

  /** Runs it to its end. */
  run(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
    return this.start(args, options).ended;
  }

  /** No process, no temporary file of any command is left. */
  async expectNothingLeft(): Promise<void> {
    await vi.waitFor(
      async () => {
        assert.deepEqual(processesWith('STARTED_BY', this.#marker), []);
        assert.deepEqual(await readdir(this.#temporary), []);
      },
      { timeout: 30_000, interval: 50 },
    );
  }

  /** Takes its folders away, whatever it finds left in them. */
  async end(): Promise<void> {
    try {
      await this.expectNothingLeft();
    } finally {
      await rm(this.#root, { recursive: true });
    }
  }
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Words before the command, such as a shell that limits it. */
  readonly prefix?: readonly string[];
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class RunningCommand {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.ended = new Promise((resolve) => {
      child.on('close', (exitCode, signal) => {
        resolve({ exitCode, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until standard error matches, and answers with the match. */
  async says(text: RegExp): Promise<RegExpMatchArray> {
    const matches = (): void => assert.match(this.#stderr, text);
    await vi.waitFor(matches, { timeout: 60_000, interval: 20 });
    return text.exec(this.#stderr) as RegExpMatchArray;
  }
}
