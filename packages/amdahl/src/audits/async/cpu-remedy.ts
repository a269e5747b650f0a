import type { AppFunction } from '../../predict/cpu-attribution.ts';
import type { Remedy } from '../finding.ts';

interface KnownWork {
  readonly matches: RegExp;
  readonly title: string;
  readonly action: string;
}

/** Engine work with a remedy of its own, by the name of the frame on top of the stack. */
const knownWork: readonly KnownWork[] = [
  {
    matches: /^(stringify|parse|JSON\.)/i,
    title: 'Make the JSON smaller',
    action: 'Send fewer rows and fields, or keep the encoded text while the data stays the same.',
  },
  {
    matches: /^RegExp:/,
    title: 'Rewrite the regular expression',
    action:
      'Take nested and overlapping repetitions out of it, or match with plain string methods.',
  },
  {
    matches: /^(pbkdf2|scrypt|hash|sign|verify|randomBytes|bcrypt|argon2).*(Sync)?$/i,
    title: 'Use the asynchronous form',
    action: 'Call the promise-returning form: it computes on a thread of its own.',
  },
  {
    matches: /Sync$|^(open|read|write|stat|readdir|brotli|gzip|deflate|inflate)$/i,
    title: 'Use the asynchronous form',
    action: 'Replace the …Sync call by its promise-returning form.',
  },
];

/** Half of a function's time in one kind of work makes it that kind's case. */
const decisiveShare = 0.5;

export function cpuRemedy({ frame, tops }: AppFunction): Remedy {
  const known = knownWork.find(
    (work) =>
      tops.filter((top) => work.matches.test(top.name)).reduce((sum, top) => sum + top.share, 0) >=
      decisiveShare,
  );
  const name = frame.functionName.startsWith('(') ? 'the function' : frame.functionName;
  const general = [
    `Do less: look for work in ${name} that is repeated for the same input, or grows with the product of two sizes; an index or a map built once often replaces it.`,
    'Keep its result while the input stays the same, in a bounded cache.',
    'If the work has to be done, do it in a worker thread (node:worker_threads), or in slices with a pause between.',
  ];
  return {
    title: known?.title ?? `Make ${name} cheaper, or move it off the event loop`,
    risk: 'medium',
    actions: known === undefined ? general : [known.action, ...general],
    change: null,
    rollback: 'Restore the function as it was.',
  };
}
