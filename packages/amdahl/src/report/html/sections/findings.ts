import type { RankedFinding } from '../../../artifacts/run-result.ts';
import { restsOnAssumption } from '../../../predict/rank.ts';
import { counted, formatShare } from '../../../wording.ts';
import { formatGain, formatRange } from '../../figures.ts';
import { gainsByWeight, isVoid, placeOf, stepTitles } from '../../overview.ts';
import { gainBars } from '../charts/gain-bars.ts';
import type { PageContext } from '../context.ts';
import { detailMarkup, detailsMarkup } from '../details/detail.ts';
import { html, prose, type Markup } from '../markup.ts';

/** Every finding with its evidence, best first; the ones that rest on an assumption apart. */
export function findingsSection(context: PageContext): Markup {
  const { findings } = context.result;
  if (findings.length === 0) return html``;
  const measured = findings.filter((finding) => !restsOnAssumption(finding));
  const assumed = findings.filter(restsOnAssumption);
  return html`<section id="findings" aria-labelledby="findings-title">
    <div class="wide">
      <h2 id="findings-title">Findings</h2>
      <p class="quiet lead">
        ${!isVoid(context.result) && 'The time is the mean saved on a request of the whole load. Gains overlap: after one fix the others buy less, and they must not be added up. Findings that help a route missing its objective come first.'}
      </p>
      ${measured.map((finding) => findingCard(finding, context))}
      ${
        assumed.length > 0 &&
        html`<h3 class="group">On assumptions</h3>
          <p class="quiet lead">
            Predicted for what the run could not measure: a link between users and the service, a
            cache in front of it, more processes.
          </p>
          ${assumed.map((finding) => findingCard(finding, context))}`
      }
    </div>
  </section>`;
}

/** One finding with its evidence, folded unless it is the first. */
export function findingCard(finding: RankedFinding, context: PageContext): Markup {
  const { result } = context;
  const place = placeOf(finding, result);
  const hasGain = !isVoid(result) && finding.prediction.gains.length > 0;
  const flames = finding.evidence.filter((detail) => detail.kind === 'flame');
  const evidence = finding.evidence.filter((detail) => detail.kind !== 'flame');
  // A link to the finding targets what is folded away, which makes the browser unfold it.
  return html`<details class="finding" ${finding.rank === 1 && ' open'}>
    <summary>
      <span class="rank">${finding.rank}</span>
      <h3>${finding.title}</h3>
      <span class="finding-meta"
        >${context.gainsOf === 'route' && html`<span class="tag">${stepTitles[finding.step]}</span>`}
        ${finding.helpsMissedObjective && html`<span class="tag missed">helps a missed objective</span>`}
        ${place !== null && html`<code>${place}</code>`}</span
      >
      ${
        hasGain &&
        html`<span class="finding-gain"
          >${formatGain(finding.boughtMsPerRequest.mid)}<span class="quiet"
            >${formatRange(finding.boughtMsPerRequest)}</span
          ></span
        >`
      }
    </summary>
    <div class="finding-body" id="${finding.id}">
      <div class="evidence">${detailsMarkup(evidence, context)}</div>
      <div class="fix">
        ${remedy(finding, context)} ${!isVoid(result) && prediction(finding, context)}
      </div>
      ${flames.length > 0 && html`<div class="evidence-wide">${detailsMarkup(flames, context)}</div>`}
    </div>
  </details>`;
}

function remedy({ remedy }: RankedFinding, context: PageContext): Markup {
  return html`<section class="panel">
    <h4>${remedy.title}</h4>
    <p class="quiet">Risk: ${remedy.risk}</p>
    <ol class="actions">
      ${remedy.actions.map((action) => html`<li>${prose(action)}</li>`)}
    </ol>
    ${remedy.change !== null && detailMarkup(remedy.change, context)}
    <p class="rollback"><b>Taking it back.</b> ${prose(remedy.rollback)}</p>
  </section>`;
}

function prediction(finding: RankedFinding, { result, gainsOf }: PageContext): Markup {
  const { method, explanation, assumes, gains } = finding.prediction;
  const shares = finding.routes.filter((impact) => impact.share > 0);
  return html`<section class="panel">
    <h4>What it buys</h4>
    <p>${prose(explanation)}</p>
    <p class="quiet">Method: ${method}.${assumes !== undefined && html` Assumes ${assumes}.`}</p>
    ${gains.length > 0 && gainBars(gainsByWeight(finding, result))}
    ${
      shares.length > 0 &&
      html`<details class="shares">
        <summary>
          ${
            gainsOf === 'route'
              ? `Share of the response time on ${counted(shares.length, 'route')}`
              : `Share of the time of ${counted(shares.length, 'statement')}`
          }
        </summary>
        <ul>
          ${shares.map((impact) => html`<li><span class="route">${impact.route}</span> <span class="nowrap">${formatShare(impact.share)}</span></li>`)}
        </ul>
      </details>`
    }
  </section>`;
}
