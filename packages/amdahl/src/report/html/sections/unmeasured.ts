import { unmeasuredReasons } from '../../overview.ts';
import type { PageContext } from '../context.ts';
import { html, type Markup } from '../markup.ts';

/** What has no answer, and why: silence is never a pass. */
export function unmeasuredSection({ result }: PageContext): Markup {
  const reasons = unmeasuredReasons(result);
  const { routes } = result.artifacts;
  const leftOut = routes.status === 'ok' ? routes.value.leftOut : [];
  if (reasons.length === 0 && result.problems.length === 0 && leftOut.length === 0) return html``;
  return html`<section id="unmeasured" aria-labelledby="unmeasured-title">
    <div class="wide">
      <h2 id="unmeasured-title">What could not be measured</h2>
      ${
        reasons.length > 0 &&
        html`<dl class="pairs">
          ${reasons.map(
            ({ reason, audits }) =>
              html`<div>
                <dt>
                  ${audits.map((audit, index) => html`${index > 0 && ', '}<code>${audit}</code>`)}
                </dt>
                <dd>${reason}</dd>
              </div>`,
          )}
        </dl>`
      }
      ${
        result.problems.length > 0 &&
        html`<h3>What went wrong while gathering</h3>
          <dl class="pairs">
            ${result.problems.map(
              ({ artifact, error }) =>
                html`<div>
                  <dt><code>${artifact}</code></dt>
                  <dd>${error.message} <code>${error.code}</code></dd>
                </div>`,
            )}
          </dl>`
      }
      ${
        leftOut.length > 0 &&
        html`<h3>What was not visited</h3>
          <dl class="pairs">
            ${leftOut.map(
              ({ url, reason }) =>
                html`<div>
                  <dt><code>${url}</code></dt>
                  <dd>${reason}</dd>
                </div>`,
            )}
          </dl>`
      }
    </div>
  </section>`;
}
