/** @module The page of a finding in a real browser: steps by keys and links, every width, both colours, on paper, without scripts. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Review } from '../../src/review/review.js';
import { review as invented } from '../render/fixtures/invented-review.js';
import { row } from '../render/lanes/rows.js';
import { noSqlite } from '../store/sqlite.js';
import { Browser, noChromium, shoot } from './chromium.js';
import { worldOf } from './world.js';

/** The invented finding, with a second execution: two CPUs, statements and names that are too long, a lock, a scheduler. */
function reviewWithMuch(): Review {
  const wide = [
    row({ context: 'task', task: 'a_task_with_a_rather_long_name', access: 'lock', target: 'kcov->lock', text: 'spin_lock(&kcov->lock);' }),
    row({ context: 'softirq', task: 'a_task_with_a_rather_long_name', text: `if (${'a_long_condition && '.repeat(9)}b)`, target: 'w'.repeat(120), old: '0x1234567890abcdef' }),
    row({ context: 'hardirq', by: 'early irq', access: 'write', target: 't->kcov_area', old: 'areaA', new: 'NULL' }), row({ context: 'nmi', access: 'enter', text: '', function: 'f'.repeat(80) }),
    row({ context: 'task', task: 'another', cpu: 1, target: 't->kcov_area', old: 'NULL', from: 2 }),
    row({ context: 'task', task: 'a_task_with_a_rather_long_name', access: 'lock', target: 'kcov->lock', text: 'spin_unlock(&kcov->lock);', note: `a note that does not fit on one line, ${'since it says very much of what is wrong here '.repeat(4)}` }),
  ];
  return { ...invented, findings: invented.findings.map((one) => (one.id === 'F1' ? { ...one, evidence: [...one.evidence, ...one.evidence.slice(0, 1).map((e) => ({ ...e, schedule: 's:0:t1', trace: wide }))] } : one)) };
}

const currentStep = async (page: Page): Promise<string> => (await page.locator('.step.current').evaluateAll((all) => all.map(({ id }) => id))).join(' ');

// What runs in the page is text: types of a browser are not those of the rest.

/** Lowest ratio of luminances of a text of the picture and the ground of the page, as WCAG 2 has it. */
const LOWEST_CONTRAST = `(() => {
  const luminance = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/gu).slice(0, 3).map((n) => n / 255).map((n) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = luminance(getComputedStyle(document.documentElement).backgroundColor);
  const texts = [...document.querySelectorAll('svg.lanes text, svg.lanes tspan')].filter((one) => one.getClientRects().length > 0);
  const ratios = texts.map((one) => luminance(getComputedStyle(one).fill)).map((own) => (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05));
  return Math.min(...ratios);
})()`;

/** Which forms of the picture are shown. */
const SHOWN = "['wide', 'narrow'].filter((form) => [...document.querySelectorAll('svg.lanes g.' + form)].some((one) => one.getClientRects().length > 0))";

/** Texts of the picture that leave it to the right. */
const BEYOND = `(() => {
  const { right } = document.querySelector('svg.lanes').getBoundingClientRect();
  return [...document.querySelectorAll('svg.lanes text')].filter((one) => one.getBoundingClientRect().right > right + 1).map((one) => one.textContent);
})()`;

/** Whether the step that goes wrong is in the window. */
const WRONG_IN_VIEW = `(() => {
  const { top, bottom } = document.querySelector('.step.violates .frame').getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
})()`;

describe.skipIf(noSqlite !== false || noChromium !== false)(`the page of a finding${noChromium === false ? '' : ` (${noChromium})`}`, () => {
  let browser: Browser;
  let plain: Browser;
  let path: string;
  beforeAll(async () => {
    const { app, keep } = await worldOf('open');
    path = `/s/${await keep({}, [{ label: 'v1', review: reviewWithMuch() }])}/1/f/F1`;
    [browser, plain] = [await Browser.on(app), await Browser.on(app, { javaScriptEnabled: false })];
  });
  afterAll(async () => {
    await Promise.all([browser, plain].map(async (one) => await one.close()));
  });

  test('arrow keys walk through the steps, the address and the C go along, Escape shows all again', async () => {
    const page = await browser.open(path);
    expect(await currentStep(page)).toBe('');
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft']) await page.keyboard.press(key);
    expect(await currentStep(page)).toBe('step-2');
    expect(new URL(page.url()).hash).toBe('#step-2');
    expect(await page.locator('.code .current').allInnerTexts()).toEqual([expect.stringContaining('gate_swap') as string]);
    expect(await page.locator('.step.later').count()).toBe(await page.locator('.step').count() - 2);
    expect(await page.locator('figure.steps output').innerText()).toMatch(/^Step 2 of \d+$/u);
    await shoot(page, 'finding-step');
    await page.keyboard.press('Escape');
    expect([await currentStep(page), await page.locator('.step.later').count(), new URL(page.url()).hash]).toEqual(['', 0, '']);
    await page.close();
  });

  test('buttons and links do the same, and an address opens at its step', async () => {
    const page = await browser.open(`${path}#step-3`);
    expect(await currentStep(page)).toBe('step-3');
    await page.getByRole('button', { name: 'On' }).click();
    expect(await currentStep(page)).toBe('step-4');
    await page.locator('#step-1 a').click();
    expect(await currentStep(page)).toBe('step-1');
    expect(await page.getByRole('button', { name: 'Back' }).isDisabled()).toBe(true);
    await page.close();
  });

  test('what goes wrong is in view when it is stepped to, in a small window, too', async () => {
    const page = await browser.open(path, { width: 800, height: 400 });
    await page.keyboard.press('ArrowLeft');
    expect(await currentStep(page)).toBe(await page.locator('.step.violates').evaluate(({ id }) => id));
    await expect.poll(async () => await page.evaluate(WRONG_IN_VIEW)).toBe(true);
    await page.close();
  });

  test('the text for a mail is copied as it is', async () => {
    await browser.allowClipboard();
    const page = await browser.open(path);
    await page.getByText('As text, for a mail').click();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const text = await page.evaluate('navigator.clipboard.readText()');
    expect(text).toContain('CPU0 softirq                        CPU0 NMI\n');
    expect(text).toContain('replay: kcovet replay nmi-in-section:7f3a:t6s4n5');
    await page.close();
  });

  test.each([[1280, false], [900, true], [360, false], [360, true]])('at %i pixels, dark %s: one form is shown, within the window, with contrast', async (width, dark) => {
    for (const trace of [1, 2]) {
      const page = await browser.open(`${path}?trace=${trace}`, { width, dark });
      expect(await page.evaluate(SHOWN)).toEqual([width > 700 ? 'wide' : 'narrow']);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.evaluate(BEYOND)).toEqual([]);
      expect(await page.evaluate(LOWEST_CONTRAST)).toBeGreaterThanOrEqual(4.5);
      await shoot(page, `finding-${trace}-${width}${dark ? '-dark' : ''}`);
      await page.close();
    }
  });

  test('on paper it is wide and light, without buttons', async () => {
    const page = await browser.open(path, { width: 718, dark: true });
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    expect(await page.evaluate(SHOWN)).toEqual(['wide']);
    expect(await page.locator('figure.steps .controls').isVisible()).toBe(false);
    await shoot(page, 'finding-print');
    await page.close();
  });

  test('without scripts all steps are there, a link marks its step, and no button does nothing', async () => {
    const page = await plain.open(`${path}#step-2`);
    expect(await page.locator('.step').count()).toBeGreaterThan(5);
    expect(await page.evaluate("getComputedStyle(document.querySelector('#step-2 .frame')).fill")).not.toBe('none');
    expect(await page.evaluate("getComputedStyle(document.querySelector('#step-1 .frame')).fill")).toBe('none');
    expect(await page.locator('figure.steps button:visible').count()).toBe(0);
    await page.close();
  });

  test('a reader of the screen has the picture in words, the steps as a list, and headings in order', async () => {
    const page = await browser.open(path);
    expect(await page.getByRole('img').getAttribute('aria-label')).toContain('The NMI interrupts the softirq');
    await page.getByText('The steps as a list').click();
    expect(await page.locator('.step-list').getByRole('listitem').count()).toBe(await page.locator('.step').count());
    const levels = await page.locator('main').locator('h1, h2, h3, h4').evaluateAll((all) => all.map(({ tagName }) => Number(tagName.charAt(1))));
    expect(levels[0]).toBe(1);
    expect(levels.every((level, i) => i === 0 || level <= (levels[i - 1] ?? 0) + 1)).toBe(true);
    await page.close();
  });

  test('the picture as a file is XML that a browser draws', async () => {
    const text = await (await fetch(`${browser.origin}${path}.svg?trace=2`)).text();
    const page = await browser.open('/assets/steps.js');
    await page.goto('about:blank');
    expect(await page.evaluate(`new DOMParser().parseFromString(${JSON.stringify(text)}, 'image/svg+xml').documentElement.tagName`)).toBe('svg');
    await page.close();
  });

  test('no page complained of anything, under the policy that they are served with', () => expect([...browser.complaints, ...plain.complaints]).toEqual([]));
});
