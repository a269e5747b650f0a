import { html, type Content, type Markup } from './markup.ts';

/** Texts of a table, for people. */
export interface DataTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The sign over every page. */
export function brand(): Markup {
  return html`<p class="brand">
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path d="M3 21 12 3l9 18" />
      <path d="M7.5 12h9" /></svg
    >Amdahl
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
