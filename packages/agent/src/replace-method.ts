/** A method as replacements see it: what goes in and out is the original's business. */
export type Method<This> = (this: This, ...args: unknown[]) => unknown;

/**
 * Puts a function in the place of a method. Name, length and property attributes stay, so that
 * nothing but its behaviour tells the replacement from the original.
 */
export function replaceMethod<Target extends object>(
  target: Target,
  name: keyof Target,
  replace: (original: Method<Target>) => Method<Target>,
): void {
  const original: unknown = target[name];
  if (typeof original !== 'function') return;
  const replacement = replace(original as Method<Target>);
  for (const key of ['name', 'length'] as const) {
    Object.defineProperty(replacement, key, { value: original[key], configurable: true });
  }
  const own = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, {
    ...(own ?? { enumerable: false, configurable: true, writable: true }),
    value: replacement,
  });
}
