import type { SampledResponse } from '../../artifacts/responses.ts';
import type { TableDetail } from '../detail.ts';
import { hasValidators, header } from './http-headers.ts';

/** What replies say about caching. */
export function headersTable(title: string, responses: readonly SampledResponse[]): TableDetail {
  return {
    kind: 'table',
    title,
    columns: [
      { label: 'Reply', unit: 'none' },
      { label: 'cache-control', unit: 'none' },
      { label: 'Validators', unit: 'none' },
      { label: 'Size', unit: 'bytes' },
    ],
    rows: responses.map((response) => [
      response.route,
      header(response, 'cache-control') || null,
      hasValidators(response) ? 'yes' : 'none',
      response.sentBytes,
    ]),
  };
}
