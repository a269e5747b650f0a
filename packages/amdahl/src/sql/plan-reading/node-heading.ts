import { unquoted } from './quoting.ts';

/** Fields of a plan node while it is read. */
export type NodeFields = Record<string, unknown>;

const operations: Readonly<Record<string, string>> = {
  Insert: 'Insert',
  Update: 'Update',
  Delete: 'Delete',
  Merge: 'Merge',
};

const aggregates: Readonly<Record<string, string>> = {
  Aggregate: 'Plain',
  Group: 'Sorted',
  GroupAggregate: 'Sorted',
  HashAggregate: 'Hashed',
  MixedAggregate: 'Mixed',
};

/** Nodes whose `on` names something other than a table, and the field that holds it in JSON. */
const namedBy: Readonly<Record<string, string | null>> = {
  'CTE Scan': 'CTE Name',
  'WorkTable Scan': 'CTE Name',
  'Function Scan': 'Function Name',
  'Table Function Scan': 'Table Function Name',
  'Named Tuplestore Scan': 'Tuplestore Name',
  'Values Scan': null,
  'Subquery Scan': null,
};

/**
 * What the words of a node say, such as `Parallel Index Scan Backward using i on s.t a`, in the
 * fields of the JSON format.
 */
export function headingFields(heading: string): NodeFields {
  const words = heading.trim();
  const asynchronous = words.startsWith('Async ');
  const rest = asynchronous ? words.slice('Async '.length) : words;
  const parallel = rest.startsWith('Parallel ');
  return {
    ...fieldsOf(parallel ? rest.slice('Parallel '.length) : rest),
    'Parallel Aware': parallel,
    'Async Capable': asynchronous,
  };
}

function fieldsOf(words: string): NodeFields {
  return (
    modifyTable(words) ??
    aggregate(words) ??
    join(words) ??
    setOperation(words) ??
    scan(words) ?? { 'Node Type': words }
  );
}

function modifyTable(words: string): NodeFields | null {
  const match = /^(Foreign )?(Insert|Update|Delete|Merge) on (.+)$/.exec(words);
  const operation = operations[match?.[2] ?? ''];
  if (match === null || operation === undefined) return null;
  return match[1] === undefined
    ? { 'Node Type': 'ModifyTable', Operation: operation, ...tableOf(match[3] ?? '') }
    : { 'Node Type': 'Foreign Scan', Operation: operation, ...tableOf(match[3] ?? '') };
}

function aggregate(words: string): NodeFields | null {
  const match = /^(?:(Partial|Finalize) )?(\w+)$/.exec(words);
  const name = match?.[2] ?? '';
  const strategy = aggregates[name];
  if (match === null || strategy === undefined) return null;
  if (name === 'Group') return { 'Node Type': 'Group' };
  return { 'Node Type': 'Aggregate', Strategy: strategy, 'Partial Mode': match[1] ?? 'Simple' };
}

function join(words: string): NodeFields | null {
  const match = /^(Nested Loop|Hash|Merge)(?: ((?:Left|Right|Full|Semi|Anti| )+))?(?: Join)?$/.exec(
    words,
  );
  const [, method, type] = match ?? [];
  if (method === undefined || (method !== 'Nested Loop' && !words.endsWith(' Join'))) return null;
  return {
    'Node Type': method === 'Nested Loop' ? method : `${method} Join`,
    'Join Type': type ?? 'Inner',
  };
}

function setOperation(words: string): NodeFields | null {
  const match = /^(Hash)?SetOp (Intersect|Except)( All)?$/.exec(words);
  if (match === null) return null;
  return {
    'Node Type': 'SetOp',
    Strategy: match[1] === undefined ? 'Sorted' : 'Hashed',
    Command: `${match[2]}${match[3] ?? ''}`,
  };
}

function scan(words: string): NodeFields | null {
  const custom = /^(Custom Scan) \(([^)]+)\)(?: on (.+))?$/.exec(words);
  if (custom !== null) {
    return {
      'Node Type': custom[1],
      'Custom Plan Provider': custom[2],
      ...(custom[3] === undefined ? {} : tableOf(custom[3])),
    };
  }
  const byIndex = /^(Index (?:Only )?Scan)( Backward)? using (.+?) on (.+)$/.exec(words);
  if (byIndex !== null) {
    return {
      'Node Type': byIndex[1],
      'Scan Direction': byIndex[2] === undefined ? 'Forward' : 'Backward',
      'Index Name': unquoted(byIndex[3] ?? ''),
      ...tableOf(byIndex[4] ?? ''),
    };
  }
  const bitmap = /^(Bitmap Index Scan)(?: Backward)? on (.+)$/.exec(words);
  if (bitmap !== null) return { 'Node Type': bitmap[1], 'Index Name': unquoted(bitmap[2] ?? '') };
  const plain = /^(.+?) on (.+)$/.exec(words);
  if (plain === null) return null;
  const [, type = '', name = ''] = plain;
  return { 'Node Type': type, ...tableOf(name, type in namedBy ? namedBy[type] : 'Relation Name') };
}

/** `schema.table alias`, each perhaps in quotes; the alias is left out where it is the name. */
function tableOf(text: string, field: string | null = 'Relation Name'): NodeFields {
  const match = /^(?:("(?:[^"]|"")*"|[^\s".]+)\.)?("(?:[^"]|"")*"|[^\s"]+)(?: (.+))?$/.exec(text);
  const [, schema, name = text, alias = name] = match ?? [];
  return {
    ...(field === null ? {} : { [field]: unquoted(name) }),
    ...(schema === undefined ? {} : { Schema: unquoted(schema) }),
    Alias: unquoted(alias),
  };
}
