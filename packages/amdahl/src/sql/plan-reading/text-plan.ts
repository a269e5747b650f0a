import type { PlanNode } from '../../artifacts/plans.ts';
import type { ExplainedPlan } from './explained-plan.ts';
import { loggedDuration } from './json-plan.ts';
import { deepestPlan, nodeFields } from './json-node.ts';
import { headingFields, type NodeFields } from './node-heading.ts';
import { propertyFields } from './node-properties.ts';
import { statementFigures } from './statement-figures.ts';

/** A node while its lines are read. */
interface Growing {
  /** Column of the arrow; the root's lies before every other. */
  readonly column: number;
  readonly fields: NodeFields;
  readonly children: Growing[];
}

const costs = /\(cost=([\d.]+)\.\.([\d.]+) rows=(\d+) width=(\d+)\)/;
const actuals = /\(actual (?:time=([\d.]+)\.\.([\d.]+) )?rows=([\d.]+) loops=(\d+)\)/;
const neverExecuted = /\(never executed\)/;
/** Where a node's words end and its figures begin. */
const figures = /\((?:cost=|actual |never executed\))/;

const arrow = /^( *)-> +/;
const subplan = /^(?:InitPlan|SubPlan) .+|^CTE (?!Scan ).+/;
const property = /^([A-Z][\w/ -]*?): *(.*)$/;
const worker = /^Worker (\d+): +(.*)$/;
/** Lines below the tree, about the statement as a whole. */
const footer =
  /^(?:Planning|JIT|Settings|Query Identifier|Planning [Tt]ime|Execution [Tt]ime|Total runtime|Serialization|Trigger .+):/;
/** With COSTS OFF and no ANALYZE only its name tells a node from prose. */
const knownNode =
  /^(?:Parallel |Async |Partial |Finalize )*(?:Seq Scan|Index (?:Only )?Scan|Bitmap Heap Scan|Sort|Limit|Aggregate|\w+Aggregate|Hash|Nested Loop|Merge|Append|Gather|Result|Unique|WindowAgg|Insert|Update|Delete|\w+ Scan)\b(?!.*;)/;

/** A plan in EXPLAIN's TEXT format; null when no line of the text is a node. */
export function parseTextPlan(lines: readonly string[]): ExplainedPlan | null {
  const rootAt = rootLine(lines);
  const rootText = lines[rootAt];
  if (rootText === undefined) return null;
  const rootIndent = indentOf(rootText);
  const footerAt = lines.findIndex(
    (line, index) => index > rootAt && indentOf(line) <= rootIndent + 1 && footer.test(line.trim()),
  );
  const end = footerAt < 0 ? lines.length : footerAt;
  const root = growing(-1, rootText.trim());
  const reader = new TreeReader(root);
  reader.read(lines.slice(rootAt + 1, end));
  if (reader.deepest > deepestPlan) return null;
  const above = lines.slice(0, rootAt);
  const statement = statementFigures(lines.slice(end));
  return {
    ...statement,
    plan: finished(root),
    executionMs: statement.executionMs ?? loggedDuration(above),
    queryText: queryTextOf(above),
  };
}

function rootLine(lines: readonly string[]): number {
  const withFigures = lines.findIndex((line) => figures.test(line));
  if (withFigures >= 0) return withFigures;
  return lines.findIndex((line) => knownNode.test(line.trim()));
}

/** Gives each line to the node, worker or subplan it belongs to, by its column. */
class TreeReader {
  deepest = 0;
  private readonly stack: Growing[];
  private subplanName: string | null = null;
  private worker: { readonly indent: number; readonly fields: NodeFields } | null = null;
  /** What a line that is nothing by itself goes on: a literal may hold line breaks. */
  private last: { readonly fields: NodeFields; readonly name: string; value: string } | null = null;

  constructor(root: Growing) {
    this.stack = [root];
  }

  read(lines: readonly string[]): void {
    for (const line of lines) {
      const text = line.trim();
      const node = arrow.exec(line);
      if (node !== null) {
        this.node(node[1]?.length ?? 0, line.slice(node[0].length));
      } else if (subplan.test(text) && !property.test(text)) {
        this.closeTo(indentOf(line));
        this.subplanName = text;
      } else {
        this.line(indentOf(line), text, line);
      }
    }
  }

  private node(column: number, words: string): void {
    this.closeTo(column);
    const node = growing(column, words);
    const parent = this.stack.at(-1);
    if (this.subplanName !== null) {
      node.fields['Subplan Name'] = this.subplanName;
      const isSubPlan = this.subplanName.startsWith('SubPlan');
      node.fields['Parent Relationship'] = isSubPlan ? 'SubPlan' : 'InitPlan';
      this.subplanName = null;
    }
    parent?.children.push(node);
    this.stack.push(node);
    this.deepest = Math.max(this.deepest, this.stack.length);
  }

  /** Nodes at this column or beyond it have got all their lines. */
  private closeTo(column: number): void {
    this.worker = null;
    this.last = null;
    while ((this.stack.at(-1)?.column ?? -1) >= column) this.stack.pop();
  }

  private line(indent: number, text: string, whole: string): void {
    const node = this.stack.at(-1);
    if (node === undefined) return;
    const ofWorker = worker.exec(text);
    if (ofWorker !== null) {
      this.startWorker(node, indent, Number(ofWorker[1]), ofWorker[2] ?? '');
      return;
    }
    if (this.worker !== null && indent <= this.worker.indent) this.worker = null;
    const match = property.exec(text);
    if (match === null) {
      this.goOn(whole);
      return;
    }
    this.set(this.worker?.fields ?? node.fields, match[1] ?? '', match[2] ?? '');
  }

  private startWorker(node: Growing, indent: number, number: number, rest: string): void {
    const workers = (node.fields['Workers'] ??= []) as NodeFields[];
    let fields = workers.find((each) => each['Worker Number'] === number);
    if (fields === undefined) {
      fields = { 'Worker Number': number };
      workers.push(fields);
    }
    this.worker = { indent, fields };
    if (rest.startsWith('actual')) {
      Object.assign(fields, actualFields(`(${rest.trim()})`));
      return;
    }
    const match = property.exec(rest.trim());
    if (match !== null) this.set(fields, match[1] ?? '', match[2] ?? '');
  }

  private set(fields: NodeFields, name: string, value: string): void {
    // Grouping sets repeat a key; the first stands for them.
    if (name === 'Group Key' && name in fields) return;
    Object.assign(fields, propertyFields(name, value));
    this.last = { fields, name, value };
  }

  private goOn(line: string): void {
    if (this.last === null) return;
    this.last.value = `${this.last.value}\n${line}`;
    Object.assign(this.last.fields, propertyFields(this.last.name, this.last.value));
  }
}

function growing(column: number, words: string): Growing {
  const at = figures.exec(words)?.index ?? words.length;
  const cost = costs.exec(words);
  return {
    column,
    children: [],
    fields: {
      ...headingFields(words.slice(0, at)),
      'Startup Cost': Number(cost?.[1] ?? 0),
      'Total Cost': Number(cost?.[2] ?? 0),
      'Plan Rows': Number(cost?.[3] ?? 0),
      'Plan Width': Number(cost?.[4] ?? 0),
      ...(neverExecuted.test(words)
        ? { 'Actual Rows': 0, 'Actual Loops': 0 }
        : actualFields(words)),
    },
  };
}

function actualFields(words: string): NodeFields {
  const actual = actuals.exec(words);
  if (actual === null) return {};
  const timed = actual[1] !== undefined;
  return {
    ...(timed
      ? { 'Actual Startup Time': Number(actual[1]), 'Actual Total Time': Number(actual[2]) }
      : {}),
    'Actual Rows': Number(actual[3]),
    'Actual Loops': Number(actual[4]),
  };
}

function finished({ fields, children }: Growing): PlanNode {
  const type = String(fields['Node Type']);
  let place = 0;
  const plans = children.map((child) => {
    if (child.fields['Parent Relationship'] === undefined) {
      child.fields['Parent Relationship'] = relationshipTo(type, place);
      place += 1;
    }
    return finished(child);
  });
  return {
    ...nodeFields(fields),
    ...(plans.length === 0 ? {} : { Plans: plans }),
  };
}

function relationshipTo(parent: string, place: number): string {
  if (/^(?:Append|Merge Append|BitmapAnd|BitmapOr)$/.test(parent)) return 'Member';
  if (parent === 'Subquery Scan') return 'Subquery';
  return place === 0 ? 'Outer' : 'Inner';
}

/** auto_explain's `Query Text: …`, over as many lines as the statement has. */
function queryTextOf(above: readonly string[]): string | null {
  const start = above.findIndex((line) => line.trim().startsWith('Query Text:'));
  if (start < 0) return null;
  const rest = above.slice(start).map((line) => line.trim());
  const end = rest.findIndex((line) => line.startsWith('Query Parameters:'));
  const text = rest.slice(0, end < 0 ? rest.length : end).join('\n');
  return text.slice('Query Text:'.length).trim();
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
