import { factsLine, moment, section } from '../../report/html/blocks.ts';
import { htmlDocument } from '../../report/html/document.ts';
import { html, type Content } from '../../report/html/markup.ts';
import { amdahlVersion } from '../../version.ts';
import type { LoadRun } from '../load-run.ts';
import { shapeLines } from '../shape-lines.ts';
import {
  chartsSection,
  checksSection,
  errorsSection,
  objectivesSection,
  percentilesSection,
  requestsSection,
  setupSection,
} from './load-sections.ts';

/** A load run as one self-contained page in the report's look. */
export function renderLoadHtml(run: LoadRun): string {
  const { result } = run;
  return htmlDocument({
    title: `load run · ${result.baseUrl}`,
    amdahlVersion,
    masthead: html`<h1>${result.baseUrl}</h1>
      ${factsLine([moment(new Date(result.startedAtEpochMs).toISOString()), 'load run'])}
      ${verdictLines(run)}`,
    skip: 'Skip to the figures',
    main: loadSections(run),
    scripts: ['charts'],
  }).text;
}

/** Whether the run can be believed, and why not. */
export function verdictLines({ verdict }: LoadRun): Content {
  const { kind, reasons } = verdict;
  const meaning = {
    valid: "the figures are the server's",
    bounded: 'the figures are limits',
    void: 'the figures say nothing about the server',
  }[kind];
  return html`<p class="verdict ${kind}"><strong>${kind}</strong> ${meaning}</p>
    ${reasons.map(({ message, next }) => html`<p class="reason">${message} <span>${next}</span></p>`)}`;
}

/** Everything below the verdict. */
export function loadSections({ result, findings }: LoadRun): Content {
  const answer = findings === undefined ? [] : shapeLines(findings).filter(Boolean);
  return [
    answer.length > 0 &&
      section(
        `What the ${findings?.shape} shape found`,
        html`<div class="scroll" role="region" aria-label="answer" tabindex="0">
          <pre>${answer.join('\n')}</pre>
        </div>`,
      ),
    objectivesSection(result),
    chartsSection(result.series),
    requestsSection(result),
    percentilesSection(result),
    errorsSection(result),
    checksSection(result),
    setupSection(result),
  ];
}
