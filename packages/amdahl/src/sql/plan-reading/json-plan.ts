import type { ExplainedPlan, JitFigures, TriggerFigures } from './explained-plan.ts';
import { isFields, jsonNode, listOf, numberOf, textOf } from './json-node.ts';

/**
 * A plan in EXPLAIN's JSON format: the array it answers, the object in it, auto_explain's object in
 * a log, or a node alone. Null when it is none of these.
 */
export function parseJsonPlan(lines: readonly string[]): ExplainedPlan | null {
  const start = lines.findIndex((line) => /^\s*"?[[{]/.test(line));
  const value = parsed(lines.slice(start).join('\n'));
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isFields(first)) return null;
  const plan = jsonNode(first['Plan'] ?? first);
  if (plan === null) return null;
  return {
    plan,
    planningMs: numberOf(first['Planning Time']),
    executionMs: numberOf(first['Execution Time']) ?? loggedDuration(lines.slice(0, start)),
    jit: jitOf(first['JIT']),
    triggers: listOf(first['Triggers']).map(triggerOf),
    settings: settingsOf(first['Settings']),
    queryText: textOf(first['Query Text']),
  };
}

/** auto_explain's `duration: 12.3 ms  plan:`, in the line before the plan; milliseconds. */
export function loggedDuration(lines: readonly string[]): number | null {
  const match = /duration: ([\d.]+) ms/.exec(lines.join('\n'));
  return match === null ? null : Number(match[1]);
}

function parsed(text: string): unknown {
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  const plain = text.slice(0, end + 1).trim();
  // A cell copied out of a grid: in quotes, and each quote in it twice.
  const candidates = [plain, plain.replace(/^"/, '').replaceAll('""', '"')];
  for (const candidate of candidates) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The next reading, or none.
    }
  }
  return null;
}

function jitOf(value: unknown): JitFigures | null {
  if (!isFields(value)) return null;
  const timing = isFields(value['Timing']) ? value['Timing'] : {};
  return { functions: numberOf(value['Functions']) ?? 0, totalMs: numberOf(timing['Total']) };
}

function triggerOf(value: unknown): TriggerFigures {
  const fields = isFields(value) ? value : {};
  const constraint = textOf(fields['Constraint Name']);
  return {
    name: constraint ?? textOf(fields['Trigger Name']) ?? '',
    constraint: constraint !== null,
    relation: textOf(fields['Relation']),
    calls: numberOf(fields['Calls']) ?? 0,
    ms: numberOf(fields['Time']),
  };
}

function settingsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isFields(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}
