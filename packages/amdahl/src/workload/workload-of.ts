import type { AgentArtifact } from '../artifacts/artifacts.ts';
import { capturedStatements } from '../sql/captured-statements.ts';
import { shortPath } from '../wording.ts';
import type { Workload } from './workload.ts';

/** What the agent inside an app saw it send, over all processes, routes and call sites. */
export function workloadOf(agent: AgentArtifact): Workload {
  const { statements, unread } = capturedStatements(agent);
  const aggregates = Map.groupBy(
    agent.processes.flatMap((process) => process.statements),
    (aggregate) => aggregate.text,
  );
  return {
    source: 'the statements the app sent',
    statements: statements.map(({ text, exampleText, parameterLists, count, durationSumUs }) => {
      const group = aggregates.get(text) ?? [];
      const frame = group.find(({ callSite }) => callSite !== null)?.callSite ?? null;
      return {
        text,
        exampleText,
        parameterLists,
        calls: count,
        meanMs: count === 0 ? null : durationSumUs / count / 1_000,
        rows: group.reduce((sum, { rows }) => sum + rows, 0),
        origin: frame === null ? null : `${shortPath(frame.file)}:${frame.line}`,
        executedPlan: null,
      };
    }),
    unread,
    warnings: [],
  };
}
