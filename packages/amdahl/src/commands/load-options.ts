import type { SourceKind } from '../init/read-source.ts';
import type { ShapeName } from '@amdahl/load';
import * as kinds from '../config/value-kinds.ts';
import type { OptionDefinition } from './options.ts';

/** The options of `amdahl load`, `worker` and `init` that no other command has. */
export interface LoadOptionTypes {
  shape: ShapeName;
  abortEarly: boolean;
  selfTest: boolean;
  from: SourceKind;
  force: boolean;
  ui: number;
  csv: string;
  hdr: string;
  junit: string;
  prometheus: number;
  otlp: string;
  machines: number;
  once: boolean;
  redirects: number;
  http2: boolean;
  connections: number;
  insecure: boolean;
  ca: string;
  cert: string;
  key: string;
}

/** Their part of the one options table. */
export const loadOptions: {
  readonly [Name in keyof LoadOptionTypes]: OptionDefinition<LoadOptionTypes[Name]>;
} = {
  shape: {
    flag: '--shape',
    argument: '<name>',
    description:
      'load, stress, spike, soak or breakpoint, around --users or --rate; says first what it is about to do',
    kind: kinds.shape,
    default: null,
    variable: null,
  },
  abortEarly: {
    flag: '--abort-early',
    argument: null,
    description: 'stop once an objective cannot be met any more',
    kind: kinds.flag,
    default: null,
    variable: null,
  },
  selfTest: {
    flag: '--self-test',
    argument: null,
    description: 'measure servers of known latency, without a script, and print the own error',
    kind: kinds.flag,
    default: null,
    variable: null,
  },
  ui: {
    flag: '--ui',
    argument: '[port]',
    description: 'start and stop runs, and change the users, on a live page of this machine',
    kind: kinds.portOrAny,
    default: null,
    variable: null,
  },
  csv: {
    flag: '--csv',
    argument: '<file>',
    description: 'write the time series here, a line a second',
    kind: kinds.text,
    default: null,
    variable: null,
  },
  hdr: {
    flag: '--hdr',
    argument: '<file>',
    description: 'write an HdrHistogram interval log here',
    kind: kinds.text,
    default: null,
    variable: null,
  },
  junit: {
    flag: '--junit',
    argument: '<file>',
    description: 'write objectives and checks as JUnit test cases here',
    kind: kinds.text,
    default: null,
    variable: null,
  },
  prometheus: {
    flag: '--prometheus',
    argument: '<port>',
    description: 'serve live figures at http://127.0.0.1:<port>/metrics',
    kind: kinds.port,
    default: null,
    variable: null,
  },
  otlp: {
    flag: '--otlp',
    argument: '<url>',
    description:
      'send live figures to this OTLP/HTTP address, such as http://127.0.0.1:4318/v1/metrics',
    kind: kinds.httpUrl,
    default: null,
    variable: null,
  },
  from: {
    flag: '--from',
    argument: '<kind>',
    description: 'what the source is: url, har, openapi, k6 or locust; told from it if left out',
    kind: kinds.source,
    default: null,
    variable: null,
  },
  force: {
    flag: '--force',
    argument: null,
    description: 'write over a file that exists',
    kind: kinds.flag,
    default: null,
    variable: null,
  },
  machines: {
    flag: '--machines',
    argument: '<count>',
    description: 'with --workers redis://…: workers the run waits for and is divided among',
    kind: kinds.count,
    default: '1',
    variable: null,
  },
  once: {
    flag: '--once',
    argument: null,
    description: 'end after one run',
    kind: kinds.flag,
    default: null,
    variable: null,
  },
  redirects: {
    flag: '--redirects',
    argument: '<n>',
    description: 'redirects a request follows at most, each counted by itself',
    kind: kinds.count,
    default: null,
    variable: null,
  },
  http2: {
    flag: '--http2',
    argument: null,
    description: 'speak HTTP/2',
    kind: kinds.flag,
    default: null,
    variable: null,
  },
  connections: {
    flag: '--connections',
    argument: '<n>',
    description: 'connections at once, shared by all users; requests wait for one',
    kind: kinds.count,
    default: null,
    variable: null,
  },
  insecure: {
    flag: '--insecure',
    argument: null,
    description: 'take any TLS certificate of the service',
    kind: kinds.flag,
    default: null,
    variable: null,
  },
  ca: {
    flag: '--ca',
    argument: '<file>',
    description: "authorities to trust instead of the system's, in PEM",
    kind: kinds.text,
    default: null,
    variable: null,
  },
  cert: {
    flag: '--cert',
    argument: '<file>',
    description: 'client certificate, in PEM',
    kind: kinds.text,
    default: null,
    variable: null,
  },
  key: {
    flag: '--key',
    argument: '<file>',
    description: 'private key of the client certificate, in PEM',
    kind: kinds.text,
    default: null,
    variable: null,
  },
};
