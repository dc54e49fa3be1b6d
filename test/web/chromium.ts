/** @module A real browser for tests, and an app behind a port of this machine for it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve, type ServerType } from '@hono/node-server';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import type { WebApp } from '../../src/web/app.js';

const executablePath = process.env.KCOVET_CHROMIUM ?? '/usr/bin/chromium';

/** Why tests that need a browser are skipped; false where they run, or must. */
export const noChromium: string | false = process.env.KCOVET_REQUIRE_SERVICES === '1' || existsSync(executablePath) ? false : `there is no ${executablePath}: set KCOVET_CHROMIUM`;

/** Where screenshots are put to be looked at; nowhere without it. */
const shots = process.env.KCOVET_SCREENSHOTS;

/** A browser with a profile of its own, on the pages of one app. */
export class Browser {
  /** What the console of any page said as an error or a warning, and what no page caught. */
  readonly complaints: string[] = [];

  private constructor(private readonly context: BrowserContext, private readonly server: ServerType, private readonly profile: string, readonly origin: string) {}

  static async on(app: WebApp, options: { readonly javaScriptEnabled?: boolean } = {}): Promise<Browser> {
    const { server, port } = await new Promise<{ server: ServerType; port: number }>((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve({ server, port: info.port }));
    });
    const profile = mkdtempSync(join(tmpdir(), 'kcovet-chromium-'));
    const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const context = await chromium.launchPersistentContext(profile, { executablePath, args: [...quiet, ...sandbox], ...options });
    return new Browser(context, server, profile, `http://127.0.0.1:${port}`);
  }

  /** A page of the app in a window of that width. */
  async open(path: string, { width = 1280, height = 900, dark = false }: { readonly width?: number; readonly height?: number; readonly dark?: boolean } = {}): Promise<Page> {
    const page = await this.context.newPage();
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) this.complaints.push(`${message.text()} ${message.location().url}`.trim()); });
    page.on('pageerror', (error) => { this.complaints.push(error.message); });
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.goto(this.origin + path);
    return page;
  }

  /** Lets the pages of this origin use the clipboard. */
  async allowClipboard(): Promise<void> {
    await this.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: this.origin });
  }

  async close(): Promise<void> {
    await this.context.close();
    await new Promise((resolve) => { this.server.close(resolve); });
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** Keeps how a page looks, where somebody wants to see it. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}
