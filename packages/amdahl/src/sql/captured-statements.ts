import type { Node } from 'libpg-query';
import type { AgentArtifact } from '../artifacts/artifacts.ts';
import { parseStatement } from './parser.ts';
import { kindOf, type StatementShape } from './statement-shape.ts';

/** A statement the app really sent, over all processes, routes and call sites. */
export interface CapturedStatement {
  /** `StatementAggregate.text` */
  readonly text: string;
  /** One text as it was sent, literals kept. */
  readonly exampleText: string;
  /** Different parameter lists as they were sent, a few; empty when the text carries its values. */
  readonly parameterLists: readonly (readonly unknown[])[];
  readonly kind: StatementShape['kind'];
  readonly node: Node;
  readonly count: number;
  readonly durationSumUs: number;
}

/** A text that is no statement the planner plans, and why. */
export interface UnreadStatement {
  readonly text: string;
  readonly error: string;
}

const maxParameterLists = 5;

/** SELECT, INSERT, UPDATE, DELETE and MERGE statements, those that took most time first. */
export function capturedStatements(agent: AgentArtifact): {
  readonly statements: readonly CapturedStatement[];
  readonly unread: readonly UnreadStatement[];
} {
  const aggregates = agent.processes.flatMap((process) => process.statements);
  const statements: CapturedStatement[] = [];
  const unread: UnreadStatement[] = [];
  for (const [text, group] of Map.groupBy(aggregates, (aggregate) => aggregate.text)) {
    const exampleText = group[0]?.exampleText ?? text;
    const { node, error } = parseStatement(exampleText);
    if (node === null) {
      unread.push({ text, error });
      continue;
    }
    const kind = kindOf(node);
    // BEGIN, COMMIT, SET and the like have no plan.
    if (kind === null) continue;
    const lists = group.flatMap((aggregate) => aggregate.exampleParameters);
    const different = new Map(lists.map((list) => [JSON.stringify(list), list]));
    statements.push({
      text,
      exampleText,
      parameterLists: [...different.values()].slice(0, maxParameterLists),
      kind,
      node,
      count: group.reduce((sum, aggregate) => sum + aggregate.count, 0),
      durationSumUs: group.reduce((sum, aggregate) => sum + aggregate.durationSumUs, 0),
    });
  }
  return { statements: statements.sort((a, b) => b.durationSumUs - a.durationSumUs), unread };
}
