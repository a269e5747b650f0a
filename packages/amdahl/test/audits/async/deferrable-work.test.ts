import { describe, expect, test } from 'vitest';
import type { Span } from '@amdahl/agent/protocol';
import { deferrableWork } from '../../../src/audits/async/deferrable-work.ts';
import { fanOut } from '../../../src/audits/async/fan-out.ts';
import { agentOf, frame, routeOf, span, trace } from '../../fixtures/agent.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { loadOf, request } from '../../fixtures/load.ts';

const order = [
  span('statement', 'BEGIN', [0, 1]),
  span('statement', 'INSERT INTO orders (user_id) VALUES ($1) RETURNING id', [1, 5]),
  span('statement', 'COMMIT', [5, 10]),
];
const mail = span('socket', '127.0.0.1:2525', [10, 50], {
  callSite: frame('src/mailer.ts', 25, 'send'),
});
const report = span('statement', 'SELECT count(*), sum(total) FROM order_lines', [50, 70]);
const tell = (port: number, from: number): Omit<Span, 'id'> =>
  span('http', `POST http://127.0.0.1:${port}/events`, [from, from + 20], {
    callSite: frame('src/announce.ts', 8, 'announce'),
  });

/** A request of 100 ms. */
function evidence(
  spans: readonly Omit<Span, 'id'>[],
  route: string = 'POST /orders',
): { agent: ReturnType<typeof agentOf>; load: ReturnType<typeof loadOf> } {
  return {
    load: loadOf([request(route, 100)]),
    agent: agentOf({
      routes: [routeOf(route, { database: 30, socket: 40, http: 20, compute: 10 })],
      traces: [trace(route, 100, spans)],
    }),
  };
}

describe('deferrable work', () => {
  test('mail and a report behind the write are found, with what the reply waits for them', () => {
    const finding = findingOf(deferrableWork, evidence([...order, mail, report]));
    expect(finding.title).toBe(
      'POST /orders answers only after send (src/mailer.ts) and building a report',
    );
    expect(finding.where?.functionName).toBe('send');
    expect(finding.prediction.gains[0]?.gainMs.mid).toBeCloseTo(60, 0);
  });

  test('mail within the transaction is found, too', () => {
    const spans = [...order.slice(0, 2), mail, span('statement', 'COMMIT', [50, 52])];
    expect(findingOf(deferrableWork, evidence(spans)).where?.functionName).toBe('send');
  });

  test('one command behind the write is found', () => {
    expect(findingOf(deferrableWork, evidence([...order, tell(4001, 10)])).title).toContain(
      'answers only after announce (src/announce.ts)',
    );
  });

  test('a command before a write may decide it, and stays', () => {
    const payment = span('http', 'POST http://127.0.0.1:4000/authorisations', [0, 25]);
    const later = span('statement', 'INSERT INTO orders (id) VALUES ($1)', [25, 30]);
    expect(findingsOf(deferrableWork, evidence([payment, later]))).toEqual([]);
  });

  test('work whose result something needs stays', () => {
    const spans = [...order, report, span('statement', 'SELECT $1', [70, 80], { needs: [3] })];
    expect(findingsOf(deferrableWork, evidence(spans))).toEqual([]);
  });

  test('what only other side effects need is deferred with them', () => {
    const told = { ...tell(4001, 70), needs: [3] };
    const also = { ...tell(4002, 80), needs: [3] };
    const finding = findingOf(deferrableWork, evidence([...order, mail, told, also]));
    expect(finding.where?.functionName).toBe('send');
  });

  test('a cache is asked for its answer, and stays', () => {
    const redis = span('socket', '127.0.0.1:6379', [10, 50]);
    expect(findingsOf(deferrableWork, evidence([...order, redis]))).toEqual([]);
  });

  test('of a GET all work is for the reply', () => {
    expect(findingsOf(deferrableWork, evidence([...order, mail], 'GET /orders'))).toEqual([]);
  });

  test('work left running behind the reply holds nothing up', () => {
    const background = span('socket', '127.0.0.1:2525', [95, 180]);
    expect(findingsOf(deferrableWork, evidence([...order, background]))).toEqual([]);
  });
});

describe('fan-out', () => {
  test('several services told behind the write are one event', () => {
    const spans = [...order, tell(4001, 10), tell(4002, 30), tell(4003, 50)];
    const finding = findingOf(fanOut, evidence(spans));
    expect(finding.title).toBe('POST /orders tells 3 services before it answers');
    expect(finding.prediction.gains[0]?.gainMs.mid).toBeCloseTo(60, 0);
    expect(findingsOf(deferrableWork, evidence(spans))).toEqual([]);
  });

  test('told at the same time they are still waited for', () => {
    const spans = [...order, tell(4001, 10), tell(4002, 10)];
    expect(findingOf(fanOut, evidence(spans)).prediction.gains[0]?.gainMs.mid).toBeCloseTo(20, 0);
  });

  test('one service is no fan-out', () => {
    expect(findingsOf(fanOut, evidence([...order, tell(4001, 10)]))).toEqual([]);
  });
});
