import { expect, test } from 'vitest';
import { pageLinks } from '../../../src/gather/discovery/page-links.ts';

const pageUrl = 'http://host/shop/index.html';

function links(html: string): readonly string[] {
  return pageLinks(html, pageUrl).map(({ url, foundBy, leftOut }) =>
    [foundBy, url, ...(leftOut === null ? [] : [leftOut])].join(' '),
  );
}

test('links are resolved against the page, or its base', () => {
  expect(links('<a href="a">a</a><a href="/b#top">b</a><a href="//other/c">c</a>')).toEqual([
    'link http://host/shop/a',
    'link http://host/b',
    'link http://other/c',
  ]);
  expect(links('<base href="/deep/"><a href="a">a</a>')).toEqual(['link http://host/deep/a']);
});

test('what is no page is no link', () => {
  expect(
    links(
      '<a>none</a><a href="mailto:a@b">m</a><a href="javascript:void 0">j</a><a href="http://[">x</a>',
    ),
  ).toEqual([]);
});

test('links that send something else than GET, and downloads, are left out', () => {
  expect(links('<a href="/x" data-method="delete">x</a><a href="/y" download>y</a>')).toEqual([
    'link http://host/x a link that sends DELETE',
    'link http://host/y a download',
  ]);
});

test('a form that posts is left out', () => {
  expect(links('<form method="post" action="/orders"><input name="a"></form>')).toEqual([
    'form http://host/orders a form that sends POST',
  ]);
});

test('a form that gets is submitted with the values it offers', () => {
  expect(
    links(`<form action="/list?old=1">
      <input type="hidden" name="page" value="2"><input type="number" name="min" min="5">
      <input type="checkbox" name="new"><input type="checkbox" name="sale" checked>
      <select name="sort"><option value="price">Price</option><option>name</option><option>x</option></select>
      <input type="submit" name="go" value="Go"><input name="off" disabled value="x"><input value="nameless">
    </form>`),
  ).toEqual([
    'form http://host/list?page=2&min=5&sale=on&sort=price',
    'form http://host/list?page=2&min=5&sale=on&sort=name',
  ]);
});

test('a search is for words the page itself uses', () => {
  expect(
    links(`<nav><a href="/about">About us</a></nav><a href="/1">Copper kettle</a><a href="/2">Steel kettle</a>
      <form action="/search"><input type="search" name="q"></form>`).filter((link) =>
      link.startsWith('form'),
    ),
  ).toEqual([
    'form http://host/search?q=copper',
    'form http://host/search?q=kettle',
    'form http://host/search?q=steel',
  ]);
});
