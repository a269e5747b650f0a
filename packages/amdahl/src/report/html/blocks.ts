import { minuteText } from '../../minute-text.ts';
import { html, type Content, type Markup } from './markup.ts';

/** Texts of a table, for people. */
export interface DataTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A moment to the minute; the whole of it for programs. */
export function moment(iso: string): Markup {
  return html`<time datetime="${iso}">${minuteText(new Date(iso))}</time>`;
}

/** Facts on one line under a heading. */
export function factsLine(facts: readonly Content[]): Markup {
  return html`<p class="facts">
    ${facts.map((fact, index) => html`${index > 0 && ' · '}${fact}`)}
  </p>`;
}

/** A part of a page under a title. */
export function section(title: string, ...contents: readonly Content[]): Markup {
  return html`<section>
    <div class="wide">
      <h2>${title}</h2>
      ${contents}
    </div>
  </section>`;
}

/** Sentences under a title; nothing without any. */
export function listSection(title: string, sentences: readonly string[]): Markup | null {
  if (sentences.length === 0) return null;
  return section(
    title,
    html`<ul class="notes">
      ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>`,
  );
}

/** The first column names the row; the others are figures. */
export function dataTable({ header, rows }: DataTable): Markup {
  const [corner, ...columns] = header;
  return html`<div class="scroll" role="region" aria-label="${corner || 'comparison'}" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">${corner}</th>
          ${columns.map((label) => html`<th scope="col" class="number">${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell) => html`<td class="number">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
