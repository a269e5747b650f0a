import { indexCandidates } from '../../sql/index-candidates.ts';
import { standingFor } from '../../sql/index-candidates-standing.ts';
import { defineIndex, type LabIndex } from '../../sql/index-definition.ts';
import type { Schema } from '../../sql/schema.ts';
import { widthOfColumns } from '../index-size.ts';
import { listed } from '../../wording.ts';
import type { StatementShape } from '../../sql/statement-shape.ts';
import type { LabStatement } from './lab-statement.ts';

export interface CandidateOptions {
  /** @default 400: each takes the lab some ten milliseconds */
  readonly maxCandidates?: number;
}

const defaultMaxCandidates = 400;
/** More than for a statement alone: what is second best for each may be best for two. */
const perRelation = 16;
/** Of the candidates of one table so many are merged with each other: the most wanted ones. */
const mergedPerTable = 16;
/** A merged index may have one key more than one made for a single statement. */
const maxMergedKeys = 4;
const maxMergedInclude = 6;
const maxMergedIncludeBytes = 96;

/**
 * Candidates of every statement, those wanted by many first, and what they become when two on one
 * table are merged: the keys of one continued by those of the other, or the other's columns carried
 * along. So a set of statements can be offered one index where each alone would want its own
 * (S. Chaudhuri and V. Narasayya, "Index merging", ICDE 1999).
 */
export function workloadCandidates(
  statements: readonly LabStatement[],
  schema: Schema,
  { maxCandidates = defaultMaxCandidates }: CandidateOptions = {},
): readonly LabIndex[] {
  const wanted = new Map<string, { index: LabIndex; statements: number }>();
  for (const { shape, rewrites } of statements) {
    const shapes = [shape, ...rewrites.map((rewrite) => rewrite.shape)];
    const own = new Map(
      shapes
        .flatMap((each) => [
          ...indexCandidates(each, schema, { perRelation, narrower: true }),
          ...singleColumns(each, schema),
        ])
        .map((index) => [index.definition, index]),
    );
    for (const [definition, index] of own) {
      const known = wanted.get(definition);
      wanted.set(definition, { index, statements: (known?.statements ?? 0) + 1 });
    }
  }
  const single = [...wanted.values()]
    .toSorted((a, b) => b.statements - a.statements)
    .map(({ index }) => index);
  const merged = [...Map.groupBy(single, ({ table }) => table).values()].flatMap((group) =>
    mergesOf(group.slice(0, mergedPerTable), schema),
  );
  const all = new Map(merged.map((index) => [index.definition, index]));
  for (const { definition } of single) all.delete(definition);
  return [...single, ...all.values()].slice(0, maxCandidates);
}

/** Each column compared for equality by itself: too little for one statement, shared by many. */
function singleColumns(shape: StatementShape, schema: Schema): readonly LabIndex[] {
  const alone = shape.blocks.flatMap((block) =>
    block.predicates
      .filter(({ operator }) => operator === 'equality' || operator === 'in')
      .map((predicate) => ({ ...block, predicates: [predicate], sort: [], group: [] })),
  );
  return indexCandidates({ ...shape, blocks: alone }, schema, { perRelation: 1, narrower: true });
}

/** Pairs of plain B-trees on one table, either way round. */
function mergesOf(candidates: readonly LabIndex[], schema: Schema): readonly LabIndex[] {
  const taken = new Set(schema.catalog.indexes.map((index) => index.name));
  const plain = candidates.filter(
    ({ method, keys, predicate }) =>
      method === 'btree' &&
      predicate === undefined &&
      keys.every(({ column }) => column !== undefined),
  );
  return plain.flatMap((first) =>
    plain.flatMap((second) => (first === second ? [] : merge(first, second, schema, taken))),
  );
}

function merge(
  first: LabIndex,
  second: LabIndex,
  schema: Schema,
  taken: ReadonlySet<string>,
): readonly LabIndex[] {
  const has = new Set(first.keys.map(({ column }) => column));
  const further = second.keys.filter(({ column }) => !has.has(column));
  const keys = [...first.keys, ...further];
  const carried = (inKeys: typeof keys): readonly string[] => {
    const present = new Set(inKeys.map(({ column }) => column));
    const columns = [
      ...first.include,
      ...second.keys.flatMap(({ column }) => column ?? []),
      ...second.include,
    ];
    return [...new Set(columns)].filter((column) => !present.has(column));
  };
  const reason = `${tableIn(first.reason)} is ${mergedRoles([first.reason, second.reason])}`;
  const variants = [
    ...(keys.length <= maxMergedKeys ? [{ keys, include: carried(keys) }] : []),
    { keys: first.keys, include: carried([...first.keys]) },
  ];
  return variants
    .filter(
      ({ include }) =>
        include.length <= maxMergedInclude &&
        widthOfColumns(first.table, include) <= maxMergedIncludeBytes,
    )
    .map(
      (variant) =>
        ({ table: first.table, method: 'btree', ...variant, reason, merged: true }) as const,
    )
    .filter((proposal) => standingFor(proposal, schema).is === 'missing')
    .map((proposal) => defineIndex(proposal, taken));
}

/**
 * Reasons of plain candidates read `orders is looked up by user_id and sorted by created_at, for id`.
 * Of two, `looked up by user_id` and `looked up by status` become `looked up by user_id and status`.
 */
function mergedRoles(reasons: readonly string[]): string {
  const columns = new Map<string, Set<string>>();
  for (const role of reasons.flatMap(rolesIn)) {
    const [, verb = role, named = ''] = /^(.*? (?:by a range of|by)) (.*)$/.exec(role) ?? [];
    const known = columns.get(verb) ?? new Set();
    columns.set(verb, new Set([...known, ...named.split(', ')]));
  }
  const roles = [...columns].map(
    ([verb, names]) => `${verb} ${listed([...names], maxMergedKeys * 2)}`,
  );
  // `a and b and sorted by c` would read as one list.
  const [last = '', ...before] = roles.toReversed();
  if (before.length === 0) return last;
  const comma = roles.some((role) => role.includes(' and ')) ? ',' : '';
  return `${before.toReversed().join(', ')}${comma} and ${last}`;
}

function rolesIn(reason: string): readonly string[] {
  return reason
    .replace(/^.*? is /, '')
    .replace(/, for .*$/, '')
    .split(' and ');
}

function tableIn(reason: string): string {
  return /^(.*?) is /.exec(reason)?.[1] ?? '';
}
