import { compareSlices } from '../../src/prove/compare.ts';
import { proofSchemaVersion, type Proof, type Slice } from '../../src/prove/proof.ts';

/** A proof of these slices; whatever else matters to a test is overridden. */
export function proofOf(slices: readonly Slice[], overrides: Partial<Proof> = {}): Proof {
  const settings = { margin: 0.05, seed: 1, focus: overrides.focus ?? null };
  return {
    schemaVersion: proofSchemaVersion,
    amdahlVersion: '0.0.0',
    provedAt: '2026-01-01T00:00:00.000Z',
    sides: {
      a: { command: 'node server.js', env: { FIX: '' }, url: 'http://127.0.0.1:3000' },
      b: { command: 'node server.js', env: { FIX: 'n-plus-one' }, url: 'http://127.0.0.1:3000' },
    },
    profile: { model: 'closed', users: 20, duration: '3s' },
    script: 'users.ts',
    plannedRounds: slices.length / 2,
    interrupted: false,
    problem: null,
    slices,
    prediction: null,
    ...settings,
    ...compareSlices(slices, settings),
    ...overrides,
  };
}
