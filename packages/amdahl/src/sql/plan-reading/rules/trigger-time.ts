import { formatMs } from '@amdahl/metrics';
import { counted, formatShare } from '../../../wording.ts';
import type { TriggerFigures } from '../explained-plan.ts';
import type { PlanRule } from '../plan-rule.ts';
import { dominantShare } from '../thresholds.ts';

/** One trigger takes most of the time of a change; a foreign key's check is one too. */
export const triggerTime: PlanRule = {
  id: 'trigger-time',
  scope: 'statement',
  criterion: 'one trigger takes 40 % of the time or more (pev2)',
  check: ({ node }, { explained: { triggers }, totalMs }) => {
    const [worst] = triggers.toSorted((a, b) => (b.ms ?? 0) - (a.ms ?? 0));
    if (worst === undefined || totalMs === null || totalMs === 0) return null;
    const share = Math.min(1, (worst.ms ?? 0) / totalMs);
    if (share < dominantShare) return null;
    return {
      title: `${worst.constraint ? 'Checking' : 'Trigger'} ${worst.name} takes ${formatMs(worst.ms ?? 0)}, ${formatShare(share)} of the time`,
      explanation: `It fired ${counted(worst.calls, 'time')}, ${formatMs((worst.ms ?? 0) / Math.max(1, worst.calls))} each.`,
      share,
      advice: adviceFor(worst, node.Operation ?? ''),
    };
  },
};

function adviceFor(trigger: TriggerFigures, operation: string): readonly string[] {
  if (!trigger.constraint) {
    return [
      `Explain the statements inside ${trigger.name}; auto_explain.log_nested_statements shows them.`,
      'Fire once a statement with a transition table instead of once a row.',
    ];
  }
  return operation === 'Delete' || operation === 'Update'
    ? [
        `Index the referencing columns of ${trigger.name}: without it every row changed scans the other table.`,
        'Change many rows in batches.',
      ]
    : [
        `Every row looks its ${trigger.name} up in the referenced table; load large amounts before the constraint is created or validated.`,
      ];
}
