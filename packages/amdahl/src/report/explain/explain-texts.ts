/** What every report of one plan says in the same words. */
import { formatMs } from '@amdahl/metrics';
import type { ExplainResult } from '../../explain/explain-result.ts';
import { counted, formatBytes, formatShare } from '../../wording.ts';

const blockBytes = 8_192;

/** `work_mem = 4MB`, each. */
export function settingsText({ settings }: ExplainResult): readonly string[] {
  return Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
}

/** How the plan came about. */
export function originText({ origin, explained }: ExplainResult): string {
  if (origin === 'planned') return 'planned, not executed';
  if (origin === 'executed') return 'executed once, read only, and rolled back';
  return explained.plan['Actual Loops'] === undefined
    ? 'a plan given, not executed'
    : 'a plan given, executed';
}

/** Figures of the statement as a whole, label and text. */
export function summaryFigures({
  explained,
}: ExplainResult): readonly (readonly [string, string])[] {
  const { plan, executionMs, planningMs, jit, triggers } = explained;
  const triggerMs = triggers.reduce((sum, each) => sum + (each.ms ?? 0), 0);
  const hit = plan['Shared Hit Blocks'] ?? 0;
  const read = plan['Shared Read Blocks'] ?? 0;
  const temporary = plan['Temp Written Blocks'] ?? 0;
  return [
    ...(executionMs === null ? [] : [['Execution', formatMs(executionMs)] as const]),
    ...(planningMs === null ? [] : [['Planning', formatMs(planningMs)] as const]),
    ...(jit === null
      ? []
      : [
          [
            'Compiling',
            `${counted(jit.functions, 'function')}${jit.totalMs === null ? '' : `, ${formatMs(jit.totalMs)}`}`,
          ] as const,
        ]),
    ...(triggers.length === 0
      ? []
      : [['Triggers', `${counted(triggers.length, 'trigger')}, ${formatMs(triggerMs)}`] as const]),
    ...(hit + read === 0
      ? []
      : [
          [
            'Blocks',
            `${formatBytes((hit + read) * blockBytes)}, ${formatShare(hit / (hit + read))} of them in memory`,
          ] as const,
        ]),
    ...(temporary === 0 ? [] : [['Temporary files', formatBytes(temporary * blockBytes)] as const]),
  ];
}
