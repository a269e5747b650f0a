import { seededRandom } from '@amdahl/metrics';
import { expect, test } from 'vitest';
import { Alarms } from '../../src/alarms.ts';
import { createConnectionContext } from '../../src/http/connection-context.ts';
import { RequestComposer } from '../../src/http/request-composer.ts';
import { Recorder, type RecordedExchange } from '../../src/measure/recorder.ts';
import { OpenModel } from '../../src/users/open-model.ts';
import { prepareRequests, RequestsUser } from '../../src/users/requests-user.ts';
import { endpointAt } from '../support/exchange.ts';

test('a thread that pauses between any two reads of its clock keeps the schedule', () => {
  let clockMs = 0;
  /** Each read comes 20 ms after the one before. */
  const nowMs = (): number => (clockMs += 20);
  const alarms = new Alarms(nowMs);
  const recorder = new Recorder();
  recorder.time.fromMs = 0;
  recorder.time.toMs = 100;
  const sent: RecordedExchange[] = [];
  const endpoint = endpointAt(1);
  const context = {
    connections: createConnectionContext(endpoint, alarms, nowMs),
    openTransport: () => ({
      send: (exchange: unknown) => sent.push(exchange as RecordedExchange),
      abandon: () => {},
    }),
    recorder,
    alarms,
    nowMs,
    scheduled: true,
  };
  const list = prepareRequests(
    [{ name: '/', method: 'GET', paths: ['/'], weight: 1 }],
    recorder,
    (headers) => new RequestComposer('http://127.0.0.1:1', endpoint, headers),
  );
  const dueMs = [5, 50, 95];
  const model = new OpenModel(
    context,
    3,
    { index: 0, of: 1 },
    () => dueMs[Symbol.iterator](),
    (index, listener) => new RequestsUser(context, listener, list, seededRandom(index), 0),
  );
  model.start(0);
  for (let turns = 0; turns < 10; turns += 1) alarms.ringDue();
  alarms.clear();
  expect(sent.map(({ intendedMs }) => intendedMs)).toEqual(dueMs);
  expect(recorder.countedInFlight).toBe(dueMs.length);
});
