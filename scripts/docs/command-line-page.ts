import { commands } from '../../packages/amdahl/src/commands/commands.ts';
import { argumentUsage, type Command } from '../../packages/amdahl/src/commands/command.ts';
import { optionTable } from '../../packages/amdahl/src/commands/options.ts';
import { table } from './markdown.ts';

/** Every command with its examples, arguments and options. */
export function commandLinePage(): string {
  return [
    '# Command line',
    '',
    'Generated from the tables of commands and options by `npm run docs`. Results go to stdout, progress to stderr. Flags win over environment variables, these over `amdahl.config.ts`, this over defaults.',
    '',
    'Exit codes: 0 ok · 1 an objective is missed, or `prove` says slower · 2 usage · 3 could not measure · 130 interrupted.',
    ...commands.flatMap(commandSection),
    '',
  ].join('\n');
}

function commandSection(command: Command): readonly string[] {
  const usage = ['amdahl', command.name, ...command.arguments.map(argumentUsage), '[options]'].join(
    ' ',
  );
  const rows = command.options.map((name) => {
    const option = optionTable[name];
    return [
      `\`${option.flag}${option.argument === null ? '' : ` ${option.argument}`}\``,
      option.description,
      option.default ?? '',
      option.variable === null ? '' : `\`${option.variable}\``,
    ];
  });
  return [
    '',
    `## amdahl ${command.name}`,
    '',
    `${command.summary}.`,
    '',
    '```sh',
    usage,
    '',
    ...command.examples.flatMap((example) => [`# ${example.explanation}`, example.command]),
    '```',
    '',
    ...command.arguments.map(({ name, description }) => `- \`${name}\`: ${description}`),
    ...(command.arguments.length > 0 ? [''] : []),
    table(['Option', 'Meaning', 'Default', 'Environment'], rows),
  ];
}
