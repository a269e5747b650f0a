/**
 * Environment of the app: this process's own, what the user added, what the instruments need.
 * Later ones win, but for `NODE_OPTIONS`, where the instruments' options are appended.
 */
export function joinEnvironments(
  own: NodeJS.ProcessEnv,
  added: Readonly<Record<string, string>>,
  instruments: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  const joined = { ...own, ...added };
  const options = [joined['NODE_OPTIONS'], instruments['NODE_OPTIONS']].filter(
    (part) => part !== undefined && part !== '',
  );
  return {
    ...joined,
    ...instruments,
    ...(options.length === 0 ? {} : { NODE_OPTIONS: options.join(' ') }),
  };
}
