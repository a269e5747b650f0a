/** Thresholds that several rules share. */

/** Below a millisecond nobody waits: a tenth of what "good" means for a query (objectives: < 10 ms). */
export const leastExecutionMs = 1;

/** dexter's `--min-cost`: below a total cost of 100 it asks for no index. */
export const leastCost = 100;

/** pev2 marks nodes from a tenth of the statement's time or cost on; less is not worth an action. */
export const leastShare = 0.1;

/** pev2's second band, 40 %: the node rules the statement. */
export const dominantShare = 0.4;

/** pghero looks for missing indexes on tables of 10,000 rows and more. */
export const manyRows = 10_000;
