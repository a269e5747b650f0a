import { readScript, readStyles } from '../../report/html/assets.ts';
import { brand, section } from '../../report/html/blocks.ts';
import { html, trusted, type Content } from '../../report/html/markup.ts';
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
  const at = new Date(result.startedAtEpochMs).toISOString();
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Amdahl ${amdahlVersion}" />
        <title>Amdahl · load run · ${result.baseUrl}</title>
        <link rel="icon" href="data:," />
        <style>
          ${trusted(readStyles())}
        </style>
      </head>
      <body>
        <header class="masthead">
          <div class="wide">
            ${brand()}
            <h1>${result.baseUrl}</h1>
            <p class="facts">
              <time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time> · load run
            </p>
            ${verdictLines(run)}
          </div>
        </header>
        <main>${loadSections(run)}</main>
        <footer class="foot"><p>Amdahl ${amdahlVersion}</p></footer>
        <script type="module">
          ${trusted(readScript('charts'))};
        </script>
      </body>
    </html> `.text;
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
