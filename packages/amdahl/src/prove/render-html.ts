import { dataTable, factsLine, moment, section } from '../report/html/blocks.ts';
import { htmlDocument } from '../report/html/document.ts';
import { html, unbroken, type Markup } from '../report/html/markup.ts';
import { formatShare } from '../wording.ts';
import {
  caveats,
  headlineText,
  measureWord,
  scopeName,
  setupText,
  sideText,
} from './describe-proof.ts';
import { headlineOf } from './headline.ts';
import { intervalPlot, slicePlot } from './plots.ts';
import { proofStyle } from './proof-style.ts';
import { comparisonTable, predictionTable, resourceTable } from './proof-tables.ts';
import type { Proof } from './proof.ts';

/** The proof as one self-contained page in the report's look: no script, nothing from elsewhere. */
export function renderProofHtml(proof: Proof): string {
  const headline = headlineText(proof);
  return htmlDocument({
    title: headline,
    amdahlVersion: proof.amdahlVersion,
    masthead: masthead(proof, headline),
    skip: 'Skip to the figures',
    main: [
      setupSection(proof),
      proof.usableRounds > 0 && comparisonSections(proof),
      predictionSection(proof),
    ],
    style: proofStyle,
  }).text;
}

function masthead(proof: Proof, headline: string): Markup {
  const { answer, reason } = headlineOf(proof);
  return html`<h1 class="${answer}">${unbroken(headline)}</h1>
    ${factsLine([moment(proof.provedAt), unbroken(reason)])}
    ${caveats(proof).map((caveat) => html`<p class="reason">${caveat}</p>`)}`;
}

function setupSection(proof: Proof): Markup {
  return section(
    'What was compared',
    html`<dl class="pairs">
      <div>
        <dt>A</dt>
        <dd><code>${sideText(proof.sides.a)}</code></dd>
      </div>
      <div>
        <dt>B</dt>
        <dd><code>${sideText(proof.sides.b)}</code></dd>
      </div>
      <div>
        <dt>load</dt>
        <dd>${setupText(proof)}</dd>
      </div>
    </dl>`,
  );
}

function comparisonSections(proof: Proof): readonly Markup[] {
  const headline = headlineOf(proof);
  return [
    section(
      'Response time from A to B',
      figure(
        intervalPlot(proof),
        `Dots are medians over rounds, lines their 95 % intervals; shaded is what counts as the same, ±${formatShare(proof.margin)}.`,
      ),
      dataTable(comparisonTable(proof)),
      dataTable(resourceTable(proof)),
    ),
    section(
      'Every slice',
      figure(
        slicePlot(proof, headline),
        `${scopeName(headline)}, ${measureWord(headline)} response time by round: A hollow, B filled.`,
      ),
    ),
  ];
}

function predictionSection(proof: Proof): Markup | null {
  if (proof.prediction === null) return null;
  return section(
    'Predicted beside proven',
    html`<p class="lead quiet">${proof.prediction.title} (${proof.prediction.method})</p>`,
    dataTable(predictionTable(proof)),
  );
}

function figure(plot: Markup | null, caption: string): Markup | null {
  if (plot === null) return null;
  return html`<figure class="proof-figure">
    ${plot}
    <figcaption>${caption}</figcaption>
  </figure>`;
}
