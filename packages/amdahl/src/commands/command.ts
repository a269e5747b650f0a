import type { ExitCode } from '@amdahl/metrics';
import type { OptionName, OptionValues } from './options.ts';

/**
 * One command of the CLI: data for help and docs, and an action. The module of a command imports
 * nothing heavy; its action imports what it needs when it is called.
 */
export interface Command {
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  readonly arguments: readonly CommandArgument[];
  /** Names from the one options table. */
  readonly options: readonly OptionName[];
  /** Shown first in its help. */
  readonly examples: readonly { readonly command: string; readonly explanation: string }[];
  /** @throws coded errors, whose exit code becomes the process's */
  action(invocation: Invocation): Promise<ExitCode>;
}

export interface CommandArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** Takes all that follow; only the last one may. */
  readonly variadic?: true;
}

/** As help and reference write it: `<script>` must be given, `[sources...]` takes any number. */
export function argumentUsage({ name, required, variadic }: CommandArgument): string {
  const shown = variadic === true ? `${name}...` : name;
  return required ? `<${shown}>` : `[${shown}]`;
}

/** What a command is called with. */
export interface Invocation {
  /** Positional arguments in the order the command declares them; null where left out. */
  readonly arguments: readonly (string | null)[];
  /** Options given as flags, and only those. */
  readonly options: OptionValues;
  readonly terminal: Terminal;
}

/** Where a command writes and what it reads from its surroundings. */
export interface Terminal {
  /** Results. */
  readonly stdout: NodeJS.WriteStream;
  /** Progress, warnings, errors. */
  readonly stderr: NodeJS.WriteStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths of flags start. */
  readonly cwd: string;
}
