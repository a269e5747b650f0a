import type { AgentArtifact, LoadArtifact } from '../artifacts/artifacts.ts';
import type { RouteSummary } from '../artifacts/run-result.ts';
import { bandOf, objectiveFor, type Objectives } from './objectives.ts';
import { routeTimes } from './route-times.ts';
import { measuredRoutes, timeByTier } from './time-budget.ts';

/** The report's route table, busiest route first. */
export function summariseRoutes(
  load: LoadArtifact,
  agent: AgentArtifact | null,
  objectives: Objectives,
): readonly RouteSummary[] {
  const measured = agent === null ? [] : measuredRoutes(agent, load);
  return routeTimes(load.result)
    .filter((times) => times.count > 0)
    .map((times) => {
      const objective = objectiveFor(objectives, times.route);
      return {
        ...times,
        objective,
        band: bandOf(objective, times.p95Ms),
        timeByTier: timeByTier(times, measured),
      };
    });
}
