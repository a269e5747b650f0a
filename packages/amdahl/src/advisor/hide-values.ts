import type { CatalogArtifact } from '../artifacts/catalog.ts';
import type { ExperimentsArtifact } from '../artifacts/experiments.ts';
import type { PlanNode, PlansArtifact } from '../artifacts/plans.ts';
import { maskStatement } from '../lab/mask-comparisons.ts';
import { maskCatalog, type MaskedCatalog } from '../lab/mask-statistics.ts';
import { normalise, parseStatement } from '../sql/parser.ts';
import type { ExplainedPlan } from '../sql/plan-reading/explained-plan.ts';
import type { Workload } from '../workload/workload.ts';

/**
 * For `--mask`: evidence without the values of the data. Statistics and what columns are compared
 * with are masked together, so that the lab plans as before; statements are shown with `$n` for each
 * constant, conditions of plans with an ellipsis. An index that is worth building for one constant
 * only still names it: it could not be built otherwise.
 */
export interface ValueHider {
  readonly catalog: CatalogArtifact;
  plans(plans: PlansArtifact): PlansArtifact;
  workload(workload: Workload): Workload;
  experiments(experiments: ExperimentsArtifact): ExperimentsArtifact;
}

/** @param catalog the real one */
export function valueHider(catalog: CatalogArtifact): ValueHider {
  const masked = maskCatalog(catalog);
  return {
    catalog: masked.catalog,
    plans: (plans) => ({
      ...plans,
      plans: plans.plans.map((each) => maskPlan(each, catalog, masked)),
    }),
    workload: (workload) => ({
      ...workload,
      statements: workload.statements.map((statement) => ({
        ...statement,
        exampleText: normalise(statement.exampleText),
        parameterLists: [],
        executedPlan: statement.executedPlan === null ? null : hideExecuted(statement.executedPlan),
      })),
      unread: workload.unread.map(({ error }) => ({ text: '(hidden)', error })),
    }),
    experiments: (experiments) => hideIn(experiments) as ExperimentsArtifact,
  };
}

function maskPlan(
  captured: PlansArtifact['plans'][number],
  catalog: CatalogArtifact,
  { maskValue }: MaskedCatalog,
): PlansArtifact['plans'][number] {
  const { explainedText, parameters, plan, executed } = captured;
  const masked = maskStatement(explainedText, parameters, catalog, maskValue);
  return {
    ...captured,
    explainedText: masked.text,
    parameters: masked.parameters,
    error: captured.error === null ? null : captured.error.replace(quotedValue, ': "…"'),
    plan: plan === null ? null : withoutConstants(plan),
    ...(executed === undefined ? {} : { executed: hideExecuted(executed) }),
  };
}

function hideExecuted(executed: ExplainedPlan): ExplainedPlan {
  return { ...executed, queryText: null, plan: withoutConstants(executed.plan) };
}

/** Fields of experiments that hold statements as they were sent. */
const statementFields: ReadonlySet<string> = new Set(['originalText', 'rewrittenText']);

/** Plans and statements anywhere below. */
function hideIn(value: unknown, field = ''): unknown {
  if (typeof value === 'string') return statementFields.has(field) ? normalise(value) : value;
  if (Array.isArray(value)) return value.map((each) => hideIn(each));
  if (typeof value !== 'object' || value === null) return value;
  if ('Node Type' in value) return withoutConstants(value as PlanNode);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, hideIn(inner, name)]),
  );
}

/** What the server found wrong about a value: `invalid input syntax for type date: "x"`. */
const quotedValue = /: ".*"/s;

/**
 * A statement without its constants, for people. Of a text that is cut, and so does not parse, what
 * looks like one goes.
 */
export function hideLiterals(text: string): string {
  const { node } = parseStatement(text);
  const shown = node === null ? text : normalise(text);
  // Normalising leaves some in utility statements.
  return shown.replaceAll(literals, '…');
}

const literals =
  /'(?:[^']|'')*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)|(?<![\w$."])\d+(?:\.\d+)?(?![\w"])/g;

const conditions = /(?: Cond|Filter|Key|Output|Function Call|Order By)$/;
const constants = /'(?:[^']|'')*'|(?<![\w$."])\d+(?:\.\d+)?(?![\w."])/g;

/** The plan with an ellipsis for each constant of its conditions. */
export function withoutConstants(plan: PlanNode): PlanNode {
  return Object.fromEntries(
    Object.entries(plan).map(([name, value]) => {
      if (name === 'Plans') return [name, (value as readonly PlanNode[]).map(withoutConstants)];
      if (!conditions.test(name)) return [name, value];
      if (Array.isArray(value)) return [name, value.map((each) => hidden(each as unknown))];
      return [name, hidden(value)];
    }),
  ) as PlanNode;
}

function hidden(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll(constants, '…') : value;
}
