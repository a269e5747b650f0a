/** Words in a path or query that say a GET might change something, though it should not. */
const destructiveWords = new Set(
  (
    'logout logoff signout signoff disconnect unlink delete del destroy remove erase wipe purge ' +
    'truncate drop clear reset revoke cancel disable deactivate terminate shutdown restart ' +
    'unsubscribe subscribe unfollow follow vote approve reject publish checkout buy purchase pay ' +
    'addtocart uninstall install kill stop'
  ).split(' '),
);

/** Ends of paths that are files for the browser, not routes of the app. */
const fileEnding =
  /\.(css|m?js|map|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf|eot|mp[34]|webm|zip|gz|tgz|pdf|txt|xml|rss|atom)$/i;

/** Why a path must not be visited, as a phrase; null when it may. */
export function exclusionReason(path: string, exclude: readonly string[]): string | null {
  const pattern = exclude.find((pattern) => matchesWildcard(path, pattern));
  if (pattern !== undefined) return `excluded by "${pattern}"`;
  const word = destructiveWord(path);
  if (word !== null) return `"${word}" in it: a visit might change something`;
  return fileEnding.test(pathnameOf(path)) ? 'a file, no route' : null;
}

/** `*` stands for any characters; a pattern without a query also fits paths with one. */
export function matchesWildcard(path: string, pattern: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const expression = new RegExp(`^${source}$`);
  return expression.test(path) || expression.test(pathnameOf(path));
}

/** Words are split at punctuation and capitals: `/deleteUser`, `/log-out`, `?action=remove`. */
function destructiveWord(path: string): string | null {
  const words = decode(path)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  for (let index = 0; index < words.length; index += 1) {
    for (const length of [1, 2, 3]) {
      const joined = words.slice(index, index + length).join('');
      if (destructiveWords.has(joined)) return joined;
    }
  }
  return null;
}

function pathnameOf(path: string): string {
  return path.split('?')[0] as string;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
