import { addAtEnd } from '../../module-patches.ts';
import type { Instrument } from '../instrument.ts';
import { patchClient } from './client.ts';
import type { Handover } from './handover.ts';
import { patchPool } from './pool.ts';

/**
 * PostgreSQL through `pg`, which publishes no diagnostics channels: the methods of its client and
 * of `pg-pool` are replaced by ones that report and then call the original. What they return, call
 * back and throw stays the original's.
 */
export const pg: Instrument = {
  name: 'pg',
  install(instrumentation) {
    const handover: Handover = { query: null, opening: null };
    const edit = (source: string): string => addAtEnd(source, 'amdahlProbe?.(module.exports);');
    return [
      {
        library: 'pg',
        path: 'lib/client.js',
        probe: instrumentation.guard.wrap(patchClient(instrumentation, handover), undefined),
        edit,
      },
      {
        library: 'pg-pool',
        path: 'index.js',
        probe: instrumentation.guard.wrap(patchPool(instrumentation, handover), undefined),
        edit,
      },
    ];
  },
};
