import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { Fixes } from '../switches.ts';
import { countriesScript } from './countries.ts';
import { drawPicture, pictureCount, picturesVersion } from './pictures.ts';

/** The shop's scripts, styles and pictures. */
export interface Assets {
  /** Where a page finds an asset: its name and the version of its content. */
  address(name: string): string;
  /** A script or style kept as a file, to be put into a page. */
  text(name: string): string;
  find(name: string): Asset | undefined;
}

interface Asset {
  readonly type: string;
  readonly version: string;
  /** The same buffer at every call. */
  load(): Promise<Buffer>;
}

const files: Readonly<Record<string, string>> = {
  'critical.css': 'text/css; charset=utf-8',
  'rest.css': 'text/css; charset=utf-8',
  'shop.js': 'text/javascript; charset=utf-8',
  'favicon.svg': 'image/svg+xml',
};

/** Reads the files and prepares what is generated; pictures are drawn when first asked for. */
export function loadAssets(): Assets {
  const assets = new Map<string, Asset>();
  const texts = new Map<string, string>();
  for (const [name, type] of Object.entries(files)) {
    texts.set(name, readFileSync(new URL(`../../assets/${name}`, import.meta.url), 'utf8'));
    assets.set(name, textAsset(type, texts.get(name) ?? ''));
  }
  assets.set('countries.js', textAsset('text/javascript; charset=utf-8', countriesScript()));
  for (let id = 1; id <= pictureCount; id += 1) {
    let picture: Promise<Buffer> | undefined;
    assets.set(`category-${id}.png`, {
      type: 'image/png',
      version: picturesVersion,
      load: () => (picture ??= drawPicture(id)),
    });
  }
  const get = (name: string): Asset => {
    const asset = assets.get(name);
    if (asset === undefined) throw new Error(`Expected an asset of the shop; found "${name}".`);
    return asset;
  };
  return {
    address: (name) => `/assets/${name}?v=${get(name).version}`,
    text: (name) => texts.get(name) ?? '',
    find: (name) => assets.get(name),
  };
}

function textAsset(type: string, text: string): Asset {
  const content = Promise.resolve(Buffer.from(text));
  const version = createHash('sha1').update(text).digest('hex').slice(0, 10);
  return { type, version, load: () => content };
}

/** A year, the longest lifetime HTTP caches are expected to honour. */
const yearSeconds = 31_536_000;

export function registerAssets(app: FastifyInstance, assets: Assets, fixes: Fixes): void {
  app.get<{ Params: { name: string }; Querystring: { v?: string } }>(
    '/assets/:name',
    async (request, reply) => {
      const asset = assets.find(request.params.name);
      if (asset === undefined) return reply.callNotFound();
      reply.type(asset.type);
      if (fixes.has('http-cache')) {
        reply.header('etag', `W/"${asset.version}"`);
        // An address with a version never changes its content.
        const lifetime =
          request.query.v === asset.version
            ? `public, max-age=${yearSeconds}, immutable`
            : 'public, no-cache';
        reply.header('cache-control', lifetime);
      }
      return reply.send(await asset.load());
    },
  );
}
