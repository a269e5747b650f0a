import type { Advice, PlacedRemark } from '../../advisor/advice.ts';
import { shortened } from '../../wording.ts';
import { factsLine, listSection, moment, section } from '../html/blocks.ts';
import { createContext, type PageContext } from '../html/context.ts';
import { statementMarkup } from '../html/details/statement.ts';
import { htmlDocument } from '../html/document.ts';
import { html, type Markup } from '../html/markup.ts';
import { findingCard } from '../html/sections/findings.ts';
import { adviceAsResult } from './advice-as-result.ts';
import { fidelityText, negligibleText, savedOfText, workloadFacts } from './advice-texts.ts';

/** Advice as one self-contained page in the report's look. */
export function renderAdviceHtml(advice: Advice): string {
  const context = createContext(adviceAsResult(advice), 'statement');
  const fidelity = fidelityText(advice);
  const [title = '', ...facts] = workloadFacts(advice);
  return htmlDocument({
    title,
    amdahlVersion: advice.amdahlVersion,
    masthead: html`<h1>${title}</h1>
      ${factsLine([moment(advice.advisedAt), ...facts])}
      ${fidelity !== null && html`<p class="reason">${fidelity}</p>`}
      ${advice.interrupted && html`<p class="reason">It was cut short. What follows was found until then.</p>`}`,
    skip: 'Skip to the advice',
    main: [
      findings(advice, context),
      migration(advice),
      remarks(advice),
      listSection(
        'Not read',
        advice.workload.unread.map(({ text, error }) => `${shortened(text, 160)}: ${error}`),
      ),
      listSection('To be taken with care', advice.warnings),
    ],
    scripts: ['charts'],
  }).text;
}

function findings(advice: Advice, context: PageContext): Markup {
  if (advice.findings.length === 0) {
    if (advice.database === null) return html``;
    return section('Findings', html`<p class="quiet">No audit found anything to change.</p>`);
  }
  const negligible = negligibleText(advice);
  return html`<section id="findings" aria-labelledby="findings-title">
    <div class="wide">
      <h2 id="findings-title">Findings</h2>
      <p class="quiet lead">
        The time is what a change saves ${savedOfText(advice)}. Gains overlap: after one change the
        others save less, and they must not be added up.
      </p>
      ${context.result.findings.map((finding) => findingCard(finding, context))}
      ${negligible !== null && html`<p class="quiet lead">${negligible}</p>`}
    </div>
  </section>`;
}

function migration({ migration: { up, down, notes } }: Advice): Markup {
  if (up === '') return html``;
  return section(
    'Migration',
    statementMarkup({ kind: 'statement', title: 'Forward', sql: up }),
    statementMarkup({ kind: 'statement', title: 'Taking it back', sql: down }),
    html`<ul class="notes">
      ${notes.map((note) => html`<li>${note}</li>`)}
    </ul>`,
  );
}

function remarks({ remarks: all }: Advice): Markup {
  if (all.length === 0) return html``;
  return section(
    'In the text alone',
    html`<p class="quiet lead">Confirmed by no database: none was given.</p>`,
    [...Map.groupBy(all, ({ origin }) => origin)].map(
      ([origin, placed]) =>
        html`${origin !== null && html`<h3 class="origin"><code>${origin}</code></h3>`}
          <ul class="notes">
            ${placed.map(remarkItem)}
          </ul>`,
    ),
  );
}

function remarkItem({ rule, message, advice }: PlacedRemark): Markup {
  return html`<li>
    ${message} <span class="quiet">${advice} <code>${rule}</code></span>
  </li>`;
}
