import { agentGatherer } from './agent.ts';
import { catalogGatherer } from './catalog.ts';
import { cpuProfileGatherer } from './cpu-profile.ts';
import type { Gatherer } from './gatherer.ts';
import { experimentsGatherer } from './experiments.ts';
import { locksGatherer } from './locks.ts';
import { plansGatherer } from './plans.ts';
import { responsesGatherer } from './responses.ts';
import { discoveredRoutesGatherer, visitedRoutesGatherer } from './routes.ts';
import { targetGatherer } from './target.ts';

/** Every gatherer, in the order in which those of a phase run. The load itself is `measureLoad`. */
export const gatherers: readonly Gatherer[] = [
  targetGatherer,
  discoveredRoutesGatherer,
  agentGatherer,
  locksGatherer,
  visitedRoutesGatherer,
  responsesGatherer,
  cpuProfileGatherer,
  catalogGatherer,
  plansGatherer,
  experimentsGatherer,
];
