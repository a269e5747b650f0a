import { styleText } from 'node:util';
import { caveats, headlineText, setupText, sideText } from './describe-proof.ts';
import { headlineOf } from './headline.ts';
import type { Answer, Proof } from './proof.ts';
import {
  comparisonTable,
  predictionTable,
  resourceTable,
  type ProofTable,
} from './proof-tables.ts';

type Colour = 'green' | 'red' | 'cyan' | 'yellow';

const answerColours: Readonly<Record<Answer, Colour>> = {
  faster: 'green',
  slower: 'red',
  same: 'cyan',
  'not-enough-data': 'yellow',
};

/** The proof as text for a terminal, answer first. */
export function renderProofTerminal(proof: Proof, options: { readonly colour: boolean }): string {
  const paint = (colour: Colour, text: string): string =>
    options.colour ? styleText(['bold', colour], text, { validateStream: false }) : text;
  const headline = headlineOf(proof);
  const lines = [
    paint(answerColours[headline.answer], headlineText(proof)),
    `  ${headline.reason}`,
    '',
    `A  ${sideText(proof.sides.a)}`,
    `B  ${sideText(proof.sides.b)}`,
    setupText(proof),
  ];
  const warnings = caveats(proof);
  if (warnings.length > 0) lines.push('', ...warnings.map((text) => paint('yellow', `! ${text}`)));
  if (proof.usableRounds > 0) {
    lines.push('', ...aligned(comparisonTable(proof)), '', ...aligned(resourceTable(proof)));
  }
  if (proof.prediction !== null) {
    lines.push('', `Predicted: ${proof.prediction.title} (${proof.prediction.method})`);
    lines.push(...aligned(predictionTable(proof)));
  }
  return `${lines.join('\n')}\n`;
}

/** Columns padded to their widest cell, the first to the left, the others to the right. */
function aligned({ header, rows }: ProofTable): readonly string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
