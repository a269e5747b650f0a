import { formatMs } from '@amdahl/metrics';
import { counted, formatShare } from '../../../wording.ts';
import type { PlanRule } from '../plan-rule.ts';

/** A quarter of the time: without it the statement would be a third faster (1 / (1 − 0.25)). */
const leastPart = 0.25;

/** Compiling the statement's expressions takes much of its time. */
export const jitTime: PlanRule = {
  id: 'jit-time',
  scope: 'statement',
  criterion:
    'compiling takes a quarter of the time or more: without it the statement would be a third faster',
  check: (_, { explained: { jit }, totalMs }) => {
    const jitMs = jit?.totalMs ?? 0;
    if (jit === null || totalMs === null || totalMs === 0 || jitMs < leastPart * totalMs)
      return null;
    // Workers compile at the same time, and their times are added up.
    const share = Math.min(1, jitMs / totalMs);
    return {
      title: `Compiling ${counted(jit.functions, 'function')} takes ${formatMs(jitMs)}, ${formatShare(share)} of the time`,
      explanation:
        'The cost was estimated above jit_above_cost, so that expressions are compiled to machine code at each execution; what they compute is too little to win that back.',
      share,
      advice: [
        'SET jit = off for the sessions that send short statements, or raise jit_above_cost well above this plan’s cost.',
        'Look why the cost is estimated so high: a misestimate or a penalty from enable_* settings often is the reason.',
      ],
    };
  },
};
