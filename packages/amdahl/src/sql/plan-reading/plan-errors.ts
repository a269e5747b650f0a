import { defineErrors, exitCodes, type ErrorTable } from '@amdahl/metrics';

export type PlanErrorCode = 'AMDAHL_SQL_NOT_A_PLAN';

/** Error codes of reading plans that people paste. */
export const planErrors: ErrorTable<PlanErrorCode> = defineErrors({
  AMDAHL_SQL_NOT_A_PLAN: {
    when: 'A text given as a plan is not what EXPLAIN prints in its TEXT or JSON format, or is cut off.',
    exitCode: exitCodes.usage,
  },
});
