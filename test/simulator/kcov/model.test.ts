import { describe, expect, it } from 'vitest';
import { configure } from '../../../simulator/ir/configure.js';
import { link } from '../../../simulator/ir/link.js';
import { printProgram, printStatementHead } from '../../../simulator/ir/print.js';
import type { Program, Stmt } from '../../../simulator/ir/program.js';
import { TypeTable } from '../../../simulator/ir/types.js';
import { kcovModels, kcovV55 } from '../../../simulator/kcov/index.js';
import { environment } from '../../../simulator/kernel/environment.js';

const linked = link(environment, ...kcovV55.files);
const kcov = kcovV55.files.find((f) => f.path === 'kernel/kcov.c') ?? linked;

/** All statements of a body, inner ones too. */
function* statementsOf(node: unknown): Generator<Stmt> {
  if (typeof node !== 'object' || node === null) return;
  if ('place' in node && 'kind' in node) yield node as Stmt;
  for (const inner of Object.values(node)) yield* statementsOf(inner);
}

describe.each(kcovModels.map((m) => [m.version, m] as const))('the model of %s', (_, model) => {
  it('is plain data', () => {
    expect(structuredClone(model)).toEqual(model);
  });

  it('places every statement where it is printed', () => {
    for (const program of model.files) {
      const { lines } = printProgram(program);
      for (const s of program.functions.flatMap((f) => [...statementsOf(f.body)])) {
        expect(s.place.path).toBe(program.path);
        if (s.kind === 'declaration' || s.kind === 'block') continue;
        const head = printStatementHead(s);
        expect(lines[s.place.line - 1], head).toContain(head.slice(0, 20).trim().split(' ')[0]);
        expect(s.place.endLine).toBeGreaterThanOrEqual(s.place.line);
      }
    }
  });

  it('shares no statement between two places', () => {
    const all = model.files.flatMap((p) => p.functions.flatMap((f) => [...statementsOf(f.body)]));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('the model of v5.5', () => {
  it('has every function of kernel/kcov.c', () => {
    expect(kcov.functions.map((f) => f.name)).toEqual([
      'kcov_remote_find', 'kcov_remote_add', 'kcov_remote_area_get', 'kcov_remote_area_put', 'check_kcov_mode',
      'canonicalize_ip', '__sanitizer_cov_trace_pc', 'write_comp_data', '__sanitizer_cov_trace_cmp1',
      '__sanitizer_cov_trace_cmp2', '__sanitizer_cov_trace_cmp4', '__sanitizer_cov_trace_cmp8',
      '__sanitizer_cov_trace_const_cmp1', '__sanitizer_cov_trace_const_cmp2', '__sanitizer_cov_trace_const_cmp4',
      '__sanitizer_cov_trace_const_cmp8', '__sanitizer_cov_trace_switch', 'kcov_start', 'kcov_stop', 'kcov_task_reset',
      'kcov_task_init', 'kcov_reset', 'kcov_remote_reset', 'kcov_disable', 'kcov_get', 'kcov_put', 'kcov_task_exit',
      'kcov_mmap', 'kcov_open', 'kcov_close', 'kcov_get_mode', 'kcov_fault_in_area', 'kcov_check_handle',
      'kcov_ioctl_locked', 'kcov_ioctl', 'kcov_remote_start', 'kcov_move_area', 'kcov_remote_stop', 'kcov_common_handle',
      'kcov_init',
    ]);
    expect(kcov.initcalls).toEqual(['kcov_init']);
    expect(kcov.exports).toHaveLength(13);
  });

  it('computes the ioctl numbers that user space uses', () => {
    const types = new TypeTable(configure(linked, { KCOV: true }));
    const value = (name: string): bigint => BigInt(types.constant({ kind: 'name', name }));
    expect(['KCOV_INIT_TRACE', 'KCOV_ENABLE', 'KCOV_DISABLE', 'KCOV_REMOTE_ENABLE'].map(value))
      .toEqual([0x80086301n, 0x6364n, 0x6365n, 0x40186366n]);
    expect(value('KCOV_SUBSYSTEM_USB')).toBe(1n << 56n);
  });

  it('has kcov in task_struct only under CONFIG_KCOV', () => {
    const fields = (p: Program): string[] => p.structs.find((s) => s.name === 'task_struct')?.fields.map((f) => f.name) ?? [];
    expect(fields(configure(linked, { KCOV: true })).filter((f) => f.startsWith('kcov'))).toEqual([
      'kcov_mode', 'kcov_size', 'kcov_area', 'kcov', 'kcov_handle', 'kcov_sequence',
    ]);
    expect(fields(configure(linked, { KCOV: false })).filter((f) => f.startsWith('kcov'))).toEqual([]);
  });

  it('has the comparisons only where they are configured', () => {
    const names = (config: Record<string, boolean>): string[] => configure(kcov, config).functions.map((f) => f.name);
    expect(names({ KCOV_ENABLE_COMPARISONS: true })).toHaveLength(40);
    expect(names({}).filter((n) => n.includes('cmp') || n.includes('comp') || n.includes('switch'))).toEqual([]);
  });
});
