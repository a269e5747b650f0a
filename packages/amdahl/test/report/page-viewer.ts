import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../fixtures/chromium.ts';

/** An open page, and what went wrong in it: errors, messages, requests to anywhere. */
export interface OpenPage {
  readonly page: Page;
  readonly problems: readonly string[];
}

/** Opens pages from disk, as people do who were sent one. */
export class PageViewer {
  readonly #browser: Browser;
  readonly #directory: string;

  private constructor(browser: Browser, directory: string) {
    this.#browser = browser;
    this.#directory = directory;
  }

  static async launch(): Promise<PageViewer> {
    return new PageViewer(await launchChromium(), await mkdtemp(join(tmpdir(), 'amdahl-page-')));
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async open(
    html: string,
    width: number,
    options: Pick<BrowserContextOptions, 'colorScheme'> = {},
  ): Promise<OpenPage> {
    const file = join(this.#directory, 'page.html');
    await writeFile(file, html);
    const page = await this.#browser.newPage({ viewport: { width, height: 900 }, ...options });
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) problems.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { page, problems };
  }

  /** What is wrong with a page at this width with all of it unfolded, and how far it sticks out. */
  async inspect(
    html: string,
    width: number,
  ): Promise<{
    readonly problems: readonly string[];
    readonly overflowPx: unknown;
    readonly title: string;
  }> {
    const { page, problems } = await this.open(html, width);
    await page.evaluate(
      `for (const each of document.querySelectorAll('details')) each.open = true`,
    );
    const overflowPx = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    const title = await page.title();
    await page.close();
    return { problems, overflowPx, title };
  }
}
