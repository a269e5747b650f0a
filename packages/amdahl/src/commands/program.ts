import { exitCodes, type AmdahlError, type ExitCode } from '@amdahl/metrics';
import { Command as Program, CommanderError, Option } from 'commander';
import { readValue } from '../config/given-value.ts';
import { amdahlVersion } from '../version.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import { argumentUsage, type Command, type Terminal } from './command.ts';
import { commands } from './commands.ts';
import { optionTable, type OptionName, type OptionValues } from './options.ts';

/** Those the first word names; the others lie below them. */
const topLevel = commands.filter(({ name }) => !name.includes(' '));

/**
 * Parses the arguments and runs the command they name. Help and version go to standard output.
 *
 * @throws AMDAHL_CLI_*, AMDAHL_CONFIG_INVALID, and what the command throws
 */
export async function runProgram(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = new Program('amdahl')
    .description('Lighthouse for the whole stack: which single fix would buy the most?')
    .version(amdahlVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureOutput({ writeOut: (text) => terminal.stdout.write(text), writeErr: () => undefined })
    .exitOverride();
  program.addHelpText(
    'before',
    examplesText(topLevel.flatMap((each) => each.examples.slice(0, 1))),
  );
  for (const command of commands) {
    addCommand(program, command, async (positional, options) => {
      exitCode = await command.action({ arguments: positional, options, terminal });
    });
  }
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(helpLast(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error);
  }
  return exitCode;
}

/** `help sql explain` as `sql explain --help`: the parser's own help looks at one word only. */
function helpLast(argv: readonly string[]): readonly string[] {
  const [first, ...names] = argv;
  return first === 'help' && names.length > 1 ? [...names, '--help'] : argv;
}

/** A name of two words, `sql explain`, is a command below the one the first word names; that comes before it. */
function addCommand(
  program: Program,
  command: Command,
  action: (positional: readonly (string | null)[], options: OptionValues) => Promise<void>,
): void {
  const [word = '', ...inner] = command.name.split(' ').toReversed();
  const parent = parentOf(program, inner.toReversed());
  const sub = parent.command(word).description(command.summary);
  sub.addHelpText('before', examplesText(command.examples));
  for (const argument of command.arguments) {
    sub.argument(argumentUsage(argument), argument.description);
  }
  for (const name of command.options) {
    for (const option of parserOptions(name)) sub.addOption(option);
  }
  sub.action(async () => {
    const positional = command.arguments.flatMap(({ variadic }, index) =>
      variadic === true ? sub.args.slice(index) : [sub.args[index] ?? null],
    );
    const before = parent === program ? {} : givenOptions(parent, optionsOf(parent));
    const foreign = Object.keys(before).find((name) => !isAmong(name, command.options));
    if (foreign !== undefined) throw notHere(foreign as OptionName, command);
    await action(positional, { ...before, ...givenOptions(sub, command.options) });
  });
}

/** The command with these words, made ready to have others below it. */
function parentOf(program: Program, words: readonly string[]): Program {
  return words.reduce((above, word) => {
    const found = above.commands.find((each) => each.name() === word) ?? above.command(word);
    // Both may have an option of the same name; behind the inner name it belongs to the inner one.
    return found
      .enablePositionalOptions()
      .helpCommand('help [command]', 'show the help of a command');
  }, program);
}

function optionsOf(program: Program): readonly OptionName[] {
  return commands.find(({ name }) => name === program.name())?.options ?? [];
}

function isAmong(name: string, options: readonly OptionName[]): boolean {
  return options.some((each) => each === name);
}

function notHere(name: OptionName, command: Command): AmdahlError {
  const { flag } = optionTable[name];
  return workbenchErrors.create('AMDAHL_CLI_UNKNOWN_OPTION', {
    expected: `an option \`amdahl ${command.name}\` has`,
    found: flag,
    next: `See: amdahl ${command.name} --help`,
    details: { option: flag },
  });
}

/** An option as the parser knows it: values stay text, they are read by the kind in the table. */
function parserOptions(name: OptionName): readonly Option[] {
  const { flag, argument, description, default: byDefault, variable, ...rest } = optionTable[name];
  const facts = [
    ...(byDefault === null ? [] : [`default: ${byDefault}`]),
    ...(variable === null ? [] : [variable]),
    ...(rest.repeatable === true ? ['repeatable'] : []),
  ];
  const help = facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
  const positive = new Option(argument === null ? flag : `${flag} ${argument}`, help);
  if (rest.repeatable === true) {
    positive.argParser<readonly string[]>((value, earlier) => [...(earlier ?? []), value]);
  }
  if (rest.negatable !== true) return [positive];
  return [positive, new Option(flag.replace('--', '--no-')).hideHelp()];
}

/** @throws AMDAHL_CONFIG_INVALID */
function givenOptions(program: Program, names: readonly OptionName[]): OptionValues {
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const { flag, kind } = optionTable[name];
    const attribute = new Option(flag).attributeName();
    if (program.getOptionValueSource(attribute) !== 'cli') continue;
    const given: unknown = program.getOptionValue(attribute);
    values[name] = readValue<unknown>(kind, given, { key: flag, file: null });
  }
  return values;
}

function examplesText(examples: Command['examples']): string {
  const lines = examples.map(({ command, explanation }) => `  # ${explanation}\n  ${command}\n`);
  return `Examples:\n${lines.join('\n')}\n`;
}

/** The parser's complaint as a coded error. Its texts read `error: unknown option '--usres'`. */
function usageError(error: CommanderError): AmdahlError {
  const [complaint = '', hint] = error.message.replace(/^error: /, '').split('\n');
  const [, meant] = /Did you mean (?:one of )?(.+)\?/.exec(hint ?? '') ?? [];
  const next = meant === undefined ? 'See: amdahl --help' : `Did you mean ${meant}?`;
  const quoted = /'([^']*)'/.exec(complaint)?.[1] ?? complaint;
  switch (error.code) {
    case 'commander.unknownOption':
      return workbenchErrors.create('AMDAHL_CLI_UNKNOWN_OPTION', {
        expected: 'an option this command has',
        found: quoted,
        next,
        details: { option: quoted },
      });
    case 'commander.unknownCommand':
      return workbenchErrors.create('AMDAHL_CLI_UNKNOWN_COMMAND', {
        expected: `one of the commands ${topLevel.map(({ name }) => name).join(', ')}`,
        found: quoted,
        next,
        details: { command: quoted },
      });
    default:
      return workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
        expected: 'arguments and options as the help describes them',
        found: complaint,
        next,
      });
  }
}
