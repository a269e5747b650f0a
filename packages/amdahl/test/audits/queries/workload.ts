import type { StatementAggregate, Trace } from '@amdahl/agent/protocol';
import type { Artifacts } from '../../../src/artifacts/artifacts.ts';
import type { ExperimentEffect, ExperimentsArtifact } from '../../../src/artifacts/experiments.ts';
import type { PlanNode } from '../../../src/artifacts/plans.ts';
import { agentOf, frame, routeOf } from '../../fixtures/agent.ts';
import { loadOf, request } from '../../fixtures/load.ts';
import { captured } from '../../fixtures/statements.ts';

export const route = 'GET /orders';
export const site = frame('src/orders.ts', 42, 'listOrders');

/** A statement that each of 100 requests to the route runs `perRequest` times, `ms` each. */
export function statement(
  text: string,
  {
    perRequest = 1,
    ms = 10,
    parameters = [],
    ...more
  }: {
    readonly perRequest?: number;
    readonly ms?: number;
    readonly parameters?: readonly (readonly unknown[])[];
  } & Partial<StatementAggregate> = {},
): StatementAggregate {
  const count = 100 * perRequest;
  return captured(text, parameters, {
    route,
    callSite: site,
    count,
    requests: 100,
    maxPerRequest: perRequest,
    distinctParameters: count,
    distinctParametersPerRequest: perRequest,
    durationSumUs: count * ms * 1_000,
    wallSumUs: count * ms * 1_000,
    ...more,
  });
}

/** The route under load: 100 requests of `meanMs`, which wait `databaseMs` for the database. */
export function evidence(
  statements: readonly StatementAggregate[],
  {
    meanMs = 100,
    traces = [],
  }: { readonly meanMs?: number; readonly traces?: readonly Trace[] } = {},
): Pick<Artifacts, 'agent' | 'load'> {
  return {
    agent: agentOf({
      routes: [routeOf(route, { database: meanMs * 0.8, compute: meanMs * 0.2 })],
      statements,
      traces,
    }),
    load: loadOf([request(route, meanMs)]),
  };
}

export function plan(cost: number, more: Partial<PlanNode> = {}): PlanNode {
  return {
    'Node Type': 'Seq Scan',
    'Relation Name': 'orders',
    'Startup Cost': 0,
    'Total Cost': cost,
    'Plan Rows': 10,
    'Plan Width': 8,
    ...more,
  };
}

export function effect(text: string, costBefore: number, costAfter: number): ExperimentEffect {
  return {
    text,
    costBefore,
    costAfter,
    planBefore: plan(costBefore),
    planAfter: plan(costAfter, { 'Node Type': 'Index Scan', 'Index Name': 'orders_user_id_idx' }),
  };
}

export function experimentsOf(more: Partial<ExperimentsArtifact>): ExperimentsArtifact {
  return {
    fidelity: { same: 10, compared: 10, differing: [] },
    warnings: [],
    msPerCost: 0.01,
    indexes: [],
    rewrites: [],
    ...more,
  };
}
