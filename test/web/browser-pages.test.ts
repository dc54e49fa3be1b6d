/** @module All kinds of pages in a real browser: wide and narrow, light and dark, what moves by itself, what is done by keyboard. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareDrafts } from '../../src/lists/prepare-drafts.js';
import { review as invented } from '../render/fixtures/invented-review.js';
import { officeOf, onlyDraft, OPEN_POLICY, readySeries } from '../lists/post.js';
import { reviewOfTwo } from '../lists/review-of-two.js';
import { noSqlite } from '../store/sqlite.js';
import { Browser, noChromium, shoot } from './chromium.js';
import { TOKEN, worldOf, type World } from './world.js';

/** Texts whose luminance is too near to that of their ground, as WCAG 2 has it for small texts, with the ratio. */
const TOO_FAINT = `(() => {
  const parts = (color) => color.match(/[\\d.]+/gu).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((n) => n / 255).map((n) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4)).reduce((sum, n, i) => sum + n * [0.2126, 0.7152, 0.0722][i], 0);
  const groundOf = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const color = parts(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll('body *')].filter((one) => !one.closest('svg') && one.getClientRects().length > 0 && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''));
  return texts.map((one) => {
    const [own, ground] = [luminance(parts(getComputedStyle(one).color)), luminance(groundOf(one))];
    return [one.textContent.trim().slice(0, 40), (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05)];
  }).filter(([, ratio]) => ratio < 4.5);
})()`;

describe.skipIf(noSqlite !== false || noChromium !== false)(`all pages${noChromium === false ? '' : ` (${noChromium})`}`, () => {
  let world: World;
  let browser: Browser;
  let id: string;
  let draft: string;
  beforeAll(async () => {
    world = await worldOf('open', { queue: {
      counts: () => Promise.resolve({ waiting: 1, active: 0, done: 2, failed: 1, superseded: 0 }), ping: () => Promise.resolve(), retry: () => Promise.resolve(true),
      dead: () => Promise.resolve([{ job: { id: 'list/a-message-id-that-is-rather-long.20260101120000@example.org/abcdef/1', kind: 'review a series', state: 'failed', attempts: 5, delays: 0, notBeforeMs: 0, error: 'no luck' }, error: 'no luck', atMs: 5 }]),
    } });
    id = await world.keep({ title: 'kcov: open a gate with a title that does not end before the window does' }, [{ label: 'v1', review: invented }, { label: 'v2', review: reviewOfTwo() }]);
    const policy = { text: OPEN_POLICY.replace('send: list', 'send: moderators') };
    await prepareDrafts(officeOf(world.store.drafts, { policy }), { ready: readySeries(), review: invented, nowMs: 5 });
    ({ id: draft } = await onlyDraft(world.store.drafts));
    browser = await Browser.on(world.app);
    await (await browser.open(`/login?token=${TOKEN}`)).close();
  });
  afterAll(async () => {
    await browser.close();
    await world.store.close();
  });

  const visit = async (path: string, size: { width: number; dark: boolean }, look: (page: Page) => Promise<void>): Promise<void> => {
    const page = await browser.open(path, size);
    await look(page);
    await page.close();
  };

  test.each([[1280, false], [1280, true], [360, false], [360, true]])('at %i pixels, dark %s: nothing leaves the window, and all can be read', async (width, dark) => {
    const paths = { list: '/?q=kcov', submission: `/s/${id}`, review: `/s/${id}/1`, finding: `/s/${id}/1/f/F1`, outbox: '/outbox', draft: `/outbox/${draft}`, upload: '/new', matrix: '/matrix', rules: '/rules', rule: '/rules/lost-state', health: '/health' };
    for (const [name, path] of Object.entries(paths)) {
      await visit(path, { width, dark }, async (page) => {
        await shoot(page, `${name}-${width}${dark ? '-dark' : ''}`);
        expect([name, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([name, width]);
        expect([name, await page.evaluate(TOO_FAINT)]).toEqual([name, []]);
        expect([name, await page.locator('h1').count(), await page.locator('main').count()]).toEqual([name, 1, 1]);
      });
    }
  });

  test('the state table of a review names its columns and marks what is not as it was', async () => {
    await visit(`/s/${id}/1`, { width: 1280, dark: false }, async (page) => {
      const table = page.locator('table').filter({ hasText: 'before' });
      expect(await table.locator('th[scope=col]').allInnerTexts()).toEqual(expect.arrayContaining(['mode']));
      expect(await table.locator('th[scope=row]').count()).toBe(await table.locator('tbody tr').count());
    });
  });

  test('a page of a running review goes along with it, and shows its questions when they are there', async () => {
    const { submissions } = world.store;
    const head = { key: 'upload/live', origin: 'upload', title: 'kcov: a patch under way', author: '', where: '', isPrivate: false } as const;
    const { id: live } = await submissions.begin({ submission: head, id: 'v1', label: 'v1', atMs: 1 });
    await submissions.setVersionState(head.key, 'v1', { state: 'running', reason: '', atMs: 2 });
    const page = await browser.open(`/s/${live}/1`);
    await submissions.setProgress(head.key, 'v1', '3 of 9 scenarios');
    await page.getByText('3 of 9 scenarios').first().waitFor();
    const review = reviewOfTwo();
    await submissions.saveVersion(head.key, 'v1', { json: JSON.stringify(review), patch: '', base: '', verdict: review.verdict, questions: 2, atMs: 3 });
    await page.getByRole('heading', { name: 'Questions' }).waitFor();
    await page.close();
  });

  test('a moderator finds a draft that waits, and approves it, by keyboard alone', async () => {
    const page = await browser.open('/outbox');
    const press = async (reached: string): Promise<void> => {
      for (let i = 0; i < 40 && !await page.evaluate(`document.activeElement?.matches(${JSON.stringify(reached)}) ?? false`); i += 1) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
    };
    await press(`a[href="/outbox/${draft}"]`);
    await page.waitForURL(`**/outbox/${draft}`);
    await press('button[value=approve]');
    // The page of the draft comes again, and has nothing to approve any more.
    await page.getByText('approved by').first().waitFor();
    expect(await page.locator('button[value=approve]').count()).toBe(0);
    expect((await onlyDraft(world.store.drafts)).state).toBe('approved');
    await page.close();
  });

  test('who looks for what may have gone finds it, and may send it again', async () => {
    const { drafts } = world.store;
    await drafts.claim(draft, { from: 'approved', by: 'host:1', nowMs: 6, caps: null });
    await drafts.step(draft, { from: ['claimed'], to: 'unsure', why: 'the server died after the text' });
    const page = await browser.open('/outbox');
    expect(await page.locator('tr').filter({ hasText: 'unsure' }).innerText()).toContain('the server died after the text');
    await page.goto(`${browser.origin}/outbox/${draft}`);
    expect(await page.locator('button[value=retry]').isVisible()).toBe(true);
    await page.close();
  });

  test('no page complained of anything', () => expect(browser.complaints).toEqual([]));
});
