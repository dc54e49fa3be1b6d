/** @module action.yml and docs/github-actions.md: what they run is there, and the step ends as it says. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/service/repository-config.js';
import { kcovet } from '../cli/fake-io.js';

interface Step { readonly run?: string; readonly env?: Record<string, string>; readonly with?: Record<string, string> }
interface Action { readonly inputs: Record<string, { default: string }>; readonly outputs: Record<string, { value: string }>; readonly runs: { steps: Step[] } }

const action = parse(readFileSync('action.yml', 'utf8')) as Action;
const page = readFileSync('docs/github-actions.md', 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/gu)].map((match) => match[1] ?? '');
const directory = mkdtempSync(join(tmpdir(), 'kcovet-action-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs the last step with a node that prints its arguments and ends with a status. */
function step(status: number, failOnQuestions = 'false'): { status: number; summary: string } {
  const node = join(directory, 'node');
  const summary = join(directory, 'summary.md');
  writeFileSync(node, `#!/bin/sh\nprintf '%s\\n' "$@"\nexit ${status}\n`);
  chmodSync(node, 0o755);
  writeFileSync(summary, '');
  const env = { PATH: `${directory}:${process.env['PATH'] ?? ''}`, GITHUB_STEP_SUMMARY: summary, KCOVET: 'main.js', PULL_REQUEST: 'o/r#7', SARIF: 'a b.sarif', RDJSONL: 'r', FAIL_ON_QUESTIONS: failOnQuestions };
  try {
    execFileSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', action.runs.steps.at(-1)?.run ?? ''], { env, stdio: 'pipe' });
    return { status: 0, summary: readFileSync(summary, 'utf8') };
  } catch (error) {
    return { status: (error as { status: number }).status, summary: readFileSync(summary, 'utf8') };
  }
}

describe('action.yml', () => {
  test.each([[0, 'false', 0], [1, 'false', 0], [1, 'true', 1], [2, 'false', 2], [3, 'true', 0], [4, 'false', 4]])('kcovet ends with %d, fail-on-questions is %s: the step ends with %d', (status, fail, ends) => {
    expect(step(status, fail).status).toBe(ends);
  });

  test('its command line has options that there are, and inputs stay one word', async () => {
    const args = step(0).summary.trim().split('\n');
    expect(args.slice(0, 4)).toEqual(['main.js', 'review', '--github-pr', 'o/r#7']);
    expect(args).toContain('sarif=a b.sarif');
    const { stdout: help } = await kcovet(['review', '--help']);
    for (const option of args.filter((one) => one.startsWith('--'))) expect(help).toContain(option);
  });

  test('no input is put into a script', () => {
    for (const { run } of action.runs.steps) expect(run ?? '').not.toContain('${{');
    const given = [...JSON.stringify(action.runs).matchAll(/inputs\.([\w-]+)/gu)].map((match) => match[1]);
    expect([...new Set(given)].sort()).toEqual(Object.keys(action.inputs).sort());
  });
});

describe('docs/github-actions.md', () => {
  test('its workflow runs the action with what there is', () => {
    const workflow = parse(blocks[0] ?? '') as { permissions: Record<string, string>; jobs: { review: { steps: Step[] } } };
    expect(workflow.permissions).toEqual({ contents: 'read', 'pull-requests': 'read', 'security-events': 'write' });
    const used = /steps\.kcovet\.outputs\.(\w+)/u.exec(workflow.jobs.review.steps.at(-1)?.with?.['sarif_file'] ?? '')?.[1] ?? '';
    expect(Object.keys(action.outputs)).toContain(used);
  });

  test('its table has all inputs', () => {
    const named = [...page.matchAll(/^\| (`.*?) \|/gmu)].flatMap((match) => [...(match[1] ?? '').matchAll(/`([\w-]+)`/gu)].map((one) => one[1]));
    expect(named.sort()).toEqual(Object.keys(action.inputs).sort());
  });

  test('its configuration is one', () => {
    expect(parseConfig(blocks.at(-1) ?? '')).toMatchObject({ ok: true, config: { tree: 'src/linux', base: 'torvalds/linux@v6.12' } });
  });

  test('its command lines have options that there are', async () => {
    const lines = page.split('\n').filter((line) => line.startsWith('kcovet '));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      const [, command = ''] = line.split(' ');
      const { stdout: help } = await kcovet([command, '--help']);
      for (const [option] of line.matchAll(/--[\w-]+/gu)) expect(help).toContain(option);
    }
  });
});
