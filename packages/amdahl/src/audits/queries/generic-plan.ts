import type { CapturedPlan, PlanNode } from '../../artifacts/plans.ts';
import type { ExplainedPlan } from '../../sql/plan-reading/explained-plan.ts';
import { genericPlanTrap } from '../../sql/plan-reading/rules/generic-plan-trap.ts';
import { planNodes } from '../../sql/read-plan.ts';
import { schemaOf } from '../../sql/schema.ts';
import { migration, needsExecuted, planFinding, type PlanAudit } from './plan-audit.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';

const about: PlanAudit = {
  id: 'generic-plan',
  title: 'Prepared statements kept to a plan for any values',
  description:
    'A prepared statement was executed with a plan made without its values, and another, far ' +
    'cheaper one exists for the values it is sent with. It shows where auto_explain logged the plan.',
  rules: [],
  savedBecause:
    'Cost is no time: the share that is saved lies between nothing and all of the difference in cost.',
  remedy: ({ problem }) => ({
    title: 'Have it planned for its values',
    risk: 'low',
    actions: [
      ...problem.advice,
      'It is then planned at each execution: worth it where planning is short beside executing.',
    ],
    change: migration('For the role of the app', [
      'ALTER ROLE app SET plan_cache_mode = force_custom_plan;',
    ]),
    rollback: 'ALTER ROLE app RESET plan_cache_mode;',
  }),
};

export const genericPlan: StatementAuditDefinition = defineStatementAudit({
  id: about.id,
  title: about.title,
  description: about.description,
  needs: ['catalog', 'plans'],
  find: (all, { catalog, plans }) => {
    needsExecuted(plans);
    const schema = schemaOf(catalog);
    return plans.plans.flatMap((captured) => {
      const [first, ...others] = all.filter(({ text }) => text === captured.text);
      const generic = executedGenerically(captured);
      if (first === undefined || generic === null || captured.plan === null) return [];
      const problem = genericPlanTrap(captured.plan, generic.plan);
      if (problem === null) return [];
      return planFinding(about, {
        problem,
        node: generic.plan,
        explained: generic,
        executed: true,
        captured,
        uses: [first, ...others],
        schema,
      });
    });
  },
});

/** The executed plan, where its conditions speak of `$1` while values were at hand. */
function executedGenerically({ executed, parameters }: CapturedPlan): ExplainedPlan | null {
  if (executed === undefined || parameters.length === 0) return null;
  return [...planNodes(executed.plan)].some((node) => namesParameter(node, executed.plan))
    ? executed
    : null;
}

/** Before PostgreSQL 17 the value of an InitPlan is called `$0` as well. */
function namesParameter(node: PlanNode, plan: PlanNode): boolean {
  const returned = new Set(
    [...planNodes(plan)].flatMap((each) => (each['Subplan Name'] ?? '').match(/\$\d+/g) ?? []),
  );
  return [node.Filter, node['Index Cond'], node['Recheck Cond'], node['Join Filter']].some((text) =>
    (text ?? '').match(/\$\d+/g)?.some((name) => !returned.has(name)),
  );
}
