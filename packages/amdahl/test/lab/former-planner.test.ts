import { expect, test } from 'vitest';
import { plannerSettings } from '../../src/lab/former-planner.ts';

const of = (serverVersionNumber: number, settings: Readonly<Record<string, string>> = {}) =>
  plannerSettings({ serverVersionNumber, settings });

test('what an older planner had not learned is forgotten, release by release', () => {
  const forgotten = [120_022, 130_023, 140_023, 150_018, 160_014, 170_010, 180_004].map(
    (version) => Object.keys(of(version)).length,
  );
  expect(forgotten).toEqual([8, 7, 5, 4, 3, 2, 0]);
  expect(of(140_023)).toMatchObject({
    hash_mem_multiplier: '1',
    enable_presorted_aggregate: 'off',
  });
  expect(of(140_023)).not.toHaveProperty('enable_memoize');
});

test('the target’s own value wins over the default of then', () => {
  expect(of(140_012, { hash_mem_multiplier: '3' })).toMatchObject({ hash_mem_multiplier: '3' });
});

test('a setting that has another name today is found by it', () => {
  expect(of(150_018, { force_parallel_mode: 'on' })).toMatchObject({ debug_parallel_query: 'on' });
  expect(of(150_018, { force_parallel_mode: 'on' })).not.toHaveProperty('force_parallel_mode');
});
