import { formatMs } from '@amdahl/metrics';
import type { ExplainResult } from '../../explain/explain-result.ts';
import type { PlanProblem } from '../../sql/plan-reading/plan-rule.ts';
import { formatShare, shortened } from '../../wording.ts';
import { dataTable, factsLine, listSection, section } from '../html/blocks.ts';
import { planMarkup } from '../html/details/plan.ts';
import { statementMarkup } from '../html/details/statement.ts';
import { htmlDocument } from '../html/document.ts';
import { html, type Markup } from '../html/markup.ts';
import { originText, summaryFigures } from './explain-texts.ts';

/** One plan as a self-contained page in the report's look. */
export function renderExplainHtml(result: ExplainResult): string {
  const { statement, amdahlVersion, explained, settings, notes } = result;
  const title = statement === null ? 'A plan' : shortened(statement, 80);
  return htmlDocument({
    title,
    amdahlVersion,
    masthead: html`<h1>${title}</h1>
      ${factsLine([
        originText(result),
        ...summaryFigures(result).map(([label, text]) => `${label.toLowerCase()} ${text}`),
      ])}`,
    skip: 'Skip to the plan',
    main: [
      section(
        'Plan',
        statement !== null &&
          statementMarkup({ kind: 'statement', title: 'The statement', sql: statement }),
        planMarkup({ kind: 'plan', title: 'Each node by itself', plan: explained.plan }),
      ),
      problems(result),
      Object.keys(settings).length > 0 &&
        section(
          'Settings',
          dataTable({ header: ['Setting', 'Value'], rows: Object.entries(settings) }),
        ),
      listSection('To be taken with care', notes),
    ],
  }).text;
}

function problems({ problems: all }: ExplainResult): Markup {
  if (all.length === 0) {
    return section(
      'Problems',
      html`<p class="quiet">Nothing is wrong with this plan, as far as it tells.</p>`,
    );
  }
  return section(
    all.length === 1 ? 'One problem' : `${all.length} problems`,
    html`<ol class="plan-problems" role="list">
      ${all.map(problemMarkup)}
    </ol>`,
  );
}

function problemMarkup(problem: PlanProblem): Markup {
  const { title, node, share, msHeld, explanation, advice, criterion, rule } = problem;
  return html`<li>
    <h3>${title}</h3>
    <p class="quiet">
      <code>${node.label}</code> ·
      ${formatShare(share)}${msHeld === null ? ' of the cost' : `, ${formatMs(msHeld)}`}
    </p>
    <p>${explanation}</p>
    <ul>
      ${advice.map((each) => html`<li>${each}</li>`)}
    </ul>
    <p class="quiet"><code>${rule}</code>: reported when ${criterion}.</p>
  </li>`;
}
