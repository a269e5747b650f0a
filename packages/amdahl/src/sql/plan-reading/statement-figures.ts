import type { ExplainedPlan, JitFigures, TriggerFigures } from './explained-plan.ts';

type StatementFigures = Pick<
  ExplainedPlan,
  'planningMs' | 'executionMs' | 'jit' | 'triggers' | 'settings'
>;

const trigger = /^Trigger (for constraint )?(.+?)(?: on (\S+))?: (?:time=([\d.]+) )?calls=(\d+)/;

/** The lines below the tree of the TEXT format. */
export function statementFigures(lines: readonly string[]): StatementFigures {
  const texts = lines.map((line) => line.trim());
  return {
    planningMs: millisecondsOf(texts, /^Planning [Tt]ime: ([\d.]+) ms/),
    executionMs: millisecondsOf(texts, /^(?:Execution [Tt]ime|Total runtime): ([\d.]+) ms/),
    jit: jitOf(texts),
    triggers: texts.flatMap((text) => triggerOf(text)),
    settings: settingsOf(texts),
  };
}

function millisecondsOf(texts: readonly string[], pattern: RegExp): number | null {
  const found = texts.map((text) => pattern.exec(text)?.[1]).find((text) => text !== undefined);
  return found === undefined ? null : Number(found);
}

function jitOf(texts: readonly string[]): JitFigures | null {
  const start = texts.indexOf('JIT:');
  if (start < 0) return null;
  const section = texts.slice(start).join('\n');
  const total = /Timing: .*\bTotal ([\d.]+) ms/.exec(section)?.[1];
  return {
    functions: Number(/Functions: (\d+)/.exec(section)?.[1] ?? 0),
    totalMs: total === undefined ? null : Number(total),
  };
}

function triggerOf(text: string): readonly TriggerFigures[] {
  const match = trigger.exec(text);
  if (match === null) return [];
  return [
    {
      name: match[2] ?? '',
      constraint: match[1] !== undefined,
      relation: match[3] ?? null,
      calls: Number(match[5]),
      ms: match[4] === undefined ? null : Number(match[4]),
    },
  ];
}

/** `Settings: work_mem = '64kB', jit = 'off'`. */
function settingsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  const line = texts.find((text) => text.startsWith('Settings: ')) ?? '';
  const pairs = line.matchAll(/([\w.]+) = '((?:[^']|'')*)'/g);
  return Object.fromEntries(
    [...pairs].map(([, name, value]) => [name ?? '', (value ?? '').replaceAll("''", "'")]),
  );
}
