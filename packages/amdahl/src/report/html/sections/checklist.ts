import { checklist, type StepSummary } from '../../overview.ts';
import type { PageContext } from '../context.ts';
import { html, type Markup } from '../markup.ts';

const stateNames: Readonly<Record<StepSummary['state'], string>> = {
  found: 'to do',
  passed: 'clear',
  unmeasured: 'not measured',
};

const outcomeNames = { found: 'found', passed: 'passed', unmeasured: 'not measured' } as const;

/** The six steps, each with how its audits ended. */
export function checklistSection({ result }: PageContext): Markup {
  return html`<section id="checklist" aria-labelledby="checklist-title">
    <div class="wide">
      <h2 id="checklist-title">Six steps</h2>
      <ol class="steps">
        ${checklist(result).map(
          (step) =>
            html`<li class="step ${step.state}">
              <p class="step-name">
                <span class="step-number" aria-hidden="true">${step.number}</span>${step.title}
              </p>
              <p class="step-state">${stateNames[step.state]}</p>
              <p class="step-text">${step.text}</p>
              <details>
                <summary>
                  ${step.outcomes.length} ${step.outcomes.length === 1 ? 'audit' : 'audits'}
                </summary>
                <ul>
                  ${step.outcomes.map(
                    (outcome) =>
                      html`<li class="${outcome.status}">
                        <span>${outcome.title}</span>
                        <span class="quiet">${outcomeNames[outcome.status]}</span>
                      </li>`,
                  )}
                </ul>
              </details>
            </li>`,
        )}
      </ol>
    </div>
  </section>`;
}
