import type { RankedFinding } from '../../../artifacts/run-result.ts';
import { counted } from '../../../wording.ts';
import { formatGain, formatRange } from '../../figures.ts';
import { bestFinding, gainsByWeight, isVoid, placeOf, proveCommand } from '../../overview.ts';
import { gainBars } from '../charts/gain-bars.ts';
import type { PageContext } from '../context.ts';
import { detailMarkup } from '../details/detail.ts';
import { html, prose, unbroken, type Markup } from '../markup.ts';

const mostGains = 4;

/** The single fix that would buy the most: what, where, how much, and the change itself. */
export function headlineSection(context: PageContext): Markup {
  const { result } = context;
  if (isVoid(result)) {
    return note(
      'No figure of this run is shown as the service’s',
      'The load itself could not be believed; above is why and what to do. The findings below still name what is in the code.',
    );
  }
  const best = bestFinding(result);
  if (best === null) {
    return note(
      'No fix is predicted to buy time',
      result.findings.length === 0
        ? 'No audit found anything to fix at this load.'
        : 'The findings below cost something other than response time.',
    );
  }
  return headline(best, context);
}

function headline(best: RankedFinding, context: PageContext): Markup {
  const { result } = context;
  const place = placeOf(best, result);
  const gains = gainsByWeight(best, result);
  const range = formatRange(best.boughtMsPerRequest);
  return html`<section class="headline" aria-labelledby="headline">
    <div class="wide">
      <p class="eyebrow">The single fix that would buy the most</p>
      <h2 id="headline"><a href="#${best.id}">${unbroken(best.title)}</a></h2>
      ${place !== null && html`<p class="place"><code>${place}</code></p>`}
      <div class="headline-body">
        <div>
          <p class="bought">
            <strong>${formatGain(best.boughtMsPerRequest.mid)}</strong>
            on the average request of the whole
            load${range !== '' && html`, <span class="quiet">likely ${range}</span>`}
          </p>
          ${gainBars(gains.slice(0, mostGains))}
          ${gains.length > mostGains && html`<p class="quiet">and ${counted(gains.length - mostGains, 'more route')}, in the finding below</p>`}
        </div>
        <div class="headline-change">
          <h3>${best.remedy.title}</h3>
          ${
            best.remedy.change === null
              ? html`<ol class="actions">
                  ${best.remedy.actions.map((action) => html`<li>${prose(action)}</li>`)}
                </ol>`
              : detailMarkup(best.remedy.change, context)
          }
        </div>
      </div>
      <p class="quiet method">
        Predicted by ${best.prediction.method}.
        ${best.prediction.explanation}${best.prediction.assumes !== undefined && html` Assumes ${best.prediction.assumes}.`}
      </p>
      <p class="next">Prove it: <code>${proveCommand(best, result)}</code></p>
    </div>
  </section>`;
}

function note(title: string, text: string): Markup {
  return html`<section class="headline plain" aria-labelledby="headline">
    <div class="wide">
      <h2 id="headline">${title}</h2>
      <p class="quiet">${text}</p>
    </div>
  </section>`;
}
