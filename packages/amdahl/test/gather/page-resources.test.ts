import { describe, expect, test } from 'vitest';
import { pageResources } from '../../src/gather/page-resources.ts';

const pageUrl = 'http://host/shop/';

function resources(html: string): readonly string[] {
  return pageResources(html, pageUrl).map(({ url, kind, renderBlocking, lazy, sized }) =>
    [
      kind,
      url,
      ...(renderBlocking ? ['blocking'] : []),
      ...(lazy ? ['lazy'] : []),
      ...(sized ? [] : ['unsized']),
    ].join(' '),
  );
}

const head = (html: string): string =>
  `<!doctype html><html><head>${html}</head><body></body></html>`;

describe('the first paint waits for', () => {
  test.each([
    ['a classic script in the head', '<script src="a.js"></script>', true],
    ['no script with defer', '<script src="a.js" defer></script>', false],
    ['no script with async', '<script async src="a.js"></script>', false],
    ['no module', '<script type="module" src="a.js"></script>', false],
    ['a style sheet in the head', '<link rel="stylesheet" href="a.css">', true],
    [
      'a style sheet for the screen',
      '<link rel="stylesheet" media="screen and (min-width: 1px)" href="a.css">',
      true,
    ],
    ['no style sheet for print', '<link rel="stylesheet" media="print" href="a.css">', false],
  ])('%s', (_, html, blocking) => {
    expect(pageResources(head(html), pageUrl).map((each) => each.renderBlocking)).toEqual([
      blocking,
    ]);
  });

  test('no script at the end of the body', () => {
    expect(resources('<!doctype html><body><p>x</p><script src="a.js"></script>')).toEqual([
      'script http://host/shop/a.js',
    ]);
  });
});

test.each([
  ['<img src="a.png">', 'unsized'],
  ['<img src="a.png" width="1">', 'unsized'],
  ['<img src="a.png" width="1" height="2">', ''],
  ['<img src="a.png" style="aspect-ratio: 4/3">', ''],
  ['<img src="a.png" style="width: 3px; height: 4px">', ''],
  ['<img src="a.png" style="max-width: 3px; height: 4px">', 'unsized'],
  ['<img src="a.png" width="1" height="2" loading="LAZY">', 'lazy'],
])('%s is %s', (html, facts) => {
  expect(resources(html)).toEqual([
    `image http://host/shop/a.png${facts === '' ? '' : ` ${facts}`}`,
  ]);
});

test('what is not fetched by the page itself is not its resource', () => {
  expect(
    resources(`<noscript><img src="a.png"></noscript><template><img src="b.png"></template>
      <script>let a;</script><img src="data:image/gif;base64,x"><link rel="canonical" href="/c">
      <link rel="alternate stylesheet" href="d.css"><script src=""></script><img>`),
  ).toEqual([]);
});

test('icons and preloaded fonts count', () => {
  expect(
    resources(
      head('<link rel="shortcut icon" href="/i.png"><link rel="preload" as="font" href="f.woff2">'),
    ),
  ).toEqual(['image http://host/i.png', 'font http://host/shop/f.woff2']);
});

test('the offset is where the element starts', () => {
  const html = '<!doctype html>\n<body><p>é</p><img src="a.png">';
  expect(pageResources(html, pageUrl)[0]?.offset).toBe(html.indexOf('<img'));
});

test('the base of the page counts', () => {
  expect(resources(head('<base href="https://cdn/x/"><script src="a.js"></script>'))).toEqual([
    'script https://cdn/x/a.js blocking',
  ]);
});
