import type { CodeFrame } from '../protocol.ts';
import { Operation } from '../requests/operation.ts';
import type { ServedRequest } from '../requests/request.ts';
import { emptyHash, hashText } from './hash.ts';
import { hashParameters } from './parameters.ts';
import { comparison, digestOf, type Comparison } from './repeated-results.ts';
import type { StatementShape } from './shape.ts';

/**
 * Rows kept until the request ends, to tell where later parameters came from: the first ones and the
 * last, after which the next page starts.
 */
const keptRows = 200;

/** One execution of a statement. */
export class StatementExecution extends Operation {
  readonly shape: StatementShape;
  /** The text as it was sent. */
  readonly text: string;
  readonly parameters: readonly unknown[];
  /** Equal for executions with the same values, be they parameters or literals in the text. */
  readonly parametersHash: number;
  rowCount = 0;
  bytes = 0;
  columns: readonly { readonly name: string }[] | null = null;
  /** The first rows as the app got them, and the last one. */
  rows: readonly unknown[] = [];
  /** How its result compares with the last one for the same values. */
  compared: Comparison = comparison.none;
  /** Whether the library calls the app when it ends, other than through a promise. */
  callsBack = false;
  /** The wait for a connection before it, while that goes on. */
  wait: Operation | null = null;
  /** Number of the connection it runs on, 0 when the driver does not show it. */
  connection = 0;
  readonly #digesting: boolean;

  constructor(
    shape: StatementShape,
    text: string,
    parameters: readonly unknown[],
    request: ServedRequest | null,
    callSite: CodeFrame | null,
  ) {
    super('statement', shape.text, request, callSite);
    this.shape = shape;
    this.text = text;
    this.parameters = parameters;
    this.parametersHash =
      parameters.length > 0 ? hashParameters(parameters) : hashText(emptyHash, text);
    this.#digesting = shape.results.sample();
    shape.noteExecution(text);
  }

  addRow(sizeBytes: number): void {
    this.rowCount += 1;
    this.bytes += sizeBytes;
  }

  keepRows(rows: readonly unknown[]): void {
    this.rows = rows.length > keptRows ? [...rows.slice(0, keptRows - 1), rows.at(-1)] : rows;
  }

  /** Compares the result with the last one for the same values. Once, when all rows are there. */
  compareResult(): void {
    if (!this.#digesting) return;
    this.compared = this.shape.results.compare(this.parametersHash, this.resultDigest());
  }

  /** A number that executions with equal results share. */
  resultDigest(): number {
    return digestOf(this.rows, this.rowCount);
  }
}
