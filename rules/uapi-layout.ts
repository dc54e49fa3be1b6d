/** @module Rule: a struct of user space whose layout moves, is another one on 32 bit, or has bytes that nobody sets. */
import { ABI_64, ABI_ARM, ABI_I386, layOut } from '../src/analysis/abi-layout.js';
import type { LaidField, LaidStruct } from '../src/analysis/abi-layout.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard, Severity } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { ioctls, lineSpot, uapiStructs } from '../src/analysis/uapi.js';
import type { StructDef } from '../simulator/ir/program.js';

interface Layout extends Hazard {
  readonly question: string;
}

/** What is asked about a struct: at which line, how grave, and why. */
interface Asked {
  readonly property: string;
  readonly severity: Severity;
  /** The field whose line speaks; else the first added line of the struct. */
  readonly field?: LaidField;
  readonly question: string;
  readonly fact: string;
}

export const uapiLayout = rule<Layout>({
  id: 'uapi-layout',
  summary: 'The layout of a struct of user space changes, is another one for 32-bit programs, or has bytes that nobody sets.',
  why: 'Programs that are built already pass the struct as it was, and its size is part of the number of its ioctl. A 32-bit program passes it as its compiler lays it out. Bytes that nothing has to set can never get a meaning.',
  evidence: 'static',
  gaps: 'Structs of headers below uapi only, and not those with bit-fields or with attributes that change their layout.',
  origin: 'The fix "kcov: fix struct layout for kcov_remote_arg", v5.5, and Documentation/driver-api/ioctl.rst.',
  fires: [
    {
      name: 'a field before others', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ path: 'include/uapi/linux/kcov.h', find: '\t__u32 trace_mode;\n\t__u32 area_size;\n', replace: '\t__u32 trace_mode;\n\t__aligned_u64 flags; //~ uapi-layout\n\t__u32 area_size;\n' }],
    },
    {
      name: 'a field in what was padding', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ path: 'include/uapi/linux/kcov.h', find: '\t__u32 num_handles;\n', replace: '\t__u32 num_handles;\n\t__u32 flags; //~ uapi-layout\n' }],
    },
    {
      name: 'a new struct with a 64-bit integer behind a 32-bit one', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ path: 'include/uapi/linux/kcov.h', find: '#define KCOV_REMOTE_MAX_HANDLES', replace: 'struct kcov_filter {\n\t__u32 mode;\n\t__u32 unused;\n\t__u32 first;\n\t__u64 last; //~ uapi-layout\n};\n\n#define KCOV_REMOTE_MAX_HANDLES' }],
    },
    {
      name: 'a new struct with padding at its end', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ path: 'include/uapi/linux/kcov.h', find: '#define KCOV_REMOTE_MAX_HANDLES', replace: 'struct kcov_filter {\n\t__aligned_u64 first;\n\t__aligned_u64 last;\n\t__u32 mode; //~ uapi-layout\n};\n\n#define KCOV_REMOTE_MAX_HANDLES' }],
    },
  ],
  silent: [
    {
      name: 'a new struct with all of its bytes named', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ path: 'include/uapi/linux/kcov.h', find: '#define KCOV_REMOTE_MAX_HANDLES', replace: 'struct kcov_filter {\n\t__u64 first;\n\t__u64 last;\n\t__u32 mode;\n\t__u32 reserved;\n};\n\n#define KCOV_REMOTE_MAX_HANDLES' }],
    },
    {
      name: 'a list of handles is spelled as a flexible array', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ path: 'include/uapi/linux/kcov.h', find: '\t__aligned_u64 handles[0];\n', replace: '\t__aligned_u64 handles[];\n' }],
    },
    {
      name: 'a pointer in a struct of the kernel\'s own', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ find: 'struct kcov_remote {\n', replace: 'struct kcov_filter {\n\tint mode;\n\tvoid *last;\n};\n\nstruct kcov_remote {\n' }],
    },
  ],
  check: (subject: Subject) => uapiStructs(subject.post).flatMap((def): Layout[] => {
    const asked = judge(subject, def);
    const lines = Array.from({ length: def.place.endLine - def.place.line + 1 }, (_, i) => lineSpot(subject.post, def.place.path, def.place.line + i));
    const own = asked?.field ? lineSpot(subject.post, def.place.path, asked.field.line) : undefined;
    const spot = own?.added ? own : lines.find((l) => l.added) ?? lines.find((l) => l.inDiff);
    if (!asked || !spot) return [];
    const { property, severity, question, fact } = asked;
    return [{ property, status: 'new', severity, spot, labels: [], cause: `${property} ${def.name}`, question, support: [{ kind: 'static', text: fact }] }];
  }),
  question: (found) => found.question,
});

/** The gravest that there is to ask about a struct. */
function judge(subject: Subject, { name }: StructDef): Asked | null {
  const known = uapiStructs(subject.pre).some((def) => def.name === name);
  const now = layOut(subject.post.program, name, ABI_64);
  const before = known ? layOut(subject.pre.program, name, ABI_64) : null;
  if (!now || (known && !before)) return null;
  return (before && (moved(subject, name, { before, now }) ?? reused(name, before, now))) ?? differs(subject, name) ?? padded(name, before, now);
}

/** A field of old that is elsewhere or of another size, or another size as a whole where an ioctl's number has it. */
function moved(subject: Subject, name: string, { before, now }: { before: LaidStruct; now: LaidStruct }): Asked | null {
  const numbered = ioctls(subject.pre.program).find((i) => i.argument === `struct ${name}`)?.name;
  const resized = before.size !== now.size && numbered !== undefined;
  const number = resized ? ` The number of ${numbered} changes with the size of the struct, from ${before.size} to ${now.size} bytes.` : '';
  for (const old of before.fields) {
    const same = now.fields.find((f) => f.name === old.name);
    if (same ? same.offset === old.offset && same.size === old.size : now.fields.some((f) => f.offset === old.offset && f.size === old.size)) continue;
    const how = !same ? `has no ${old.name} any more` : same.offset !== old.offset ? `has ${old.name} at byte ${same.offset}, and had it at ${old.offset}` : `has ${same.size} bytes for ${old.name}, and had ${old.size}`;
    return { property: 'moved-field', severity: 'high', question: `Do programs that are built already still work? struct ${name} ${how}.${number}`, fact: `struct ${name} ${how}.` };
  }
  if (!resized) return null;
  return { property: 'moved-field', severity: 'high', question: `Do programs that are built already still reach ${numbered}?${number}`, fact: number.trim() };
}

/** A new field lies where the struct had padding. */
function reused(name: string, before: LaidStruct, now: LaidStruct): Asked | null {
  const field = now.fields.find((f) => !before.fields.some((o) => o.name === f.name || o.offset === f.offset) && before.holes.some((h) => h.offset <= f.offset && f.offset + f.size <= h.offset + h.bytes));
  if (!field) return null;
  return {
    property: 'reused-padding', severity: 'low', field, fact: `${field.name} is at byte ${field.offset} of struct ${name}, which was padding.`,
    question: `What does ${field.name} hold for programs that are built already? It takes the place of padding in struct ${name}, which nothing made them set.`,
  };
}

/** The first field that is elsewhere on 32 bit, where that was not so before. */
function differs(subject: Subject, name: string): Asked | null {
  for (const abi of [ABI_I386, ABI_ARM]) {
    const [wide, narrow] = [layOut(subject.post.program, name, ABI_64), layOut(subject.post.program, name, abi)];
    const old = [layOut(subject.pre.program, name, ABI_64), layOut(subject.pre.program, name, abi)];
    if (!wide || !narrow || (old[0] && old[1] && !same(old[0], old[1])) || same(wide, narrow)) continue;
    const at = wide.fields.findIndex((f, i) => f.offset !== narrow.fields[i]?.offset || f.size !== narrow.fields[i]?.size);
    const [field, there] = at < 0 ? [wide.fields.at(-1), undefined] : [wide.fields[at], narrow.fields[at]];
    const by = narrow.fields.slice(0, at < 0 ? undefined : at + 1).findLast((f) => f.varies !== null);
    if (!field || !by) continue;
    const what = !there ? `the struct has ${narrow.size} bytes, on 64 bit ${wide.size}` : there.offset === field.offset ? `${field.name} has ${there.size} bytes, on 64 bit ${field.size}` : `${field.name} is at byte ${there.offset}, on 64 bit at ${field.offset}`;
    return {
      property: 'abi-dependent-layout', severity: 'medium', field, fact: `On ${abi.name} ${what}.`,
      question: `Is struct ${name} the same for 32-bit programs? On ${abi.name} ${what}, since ${reason(by)}.`,
    };
  }
  return null;
}

function same(a: LaidStruct, b: LaidStruct): boolean {
  return a.size === b.size && a.fields.every((f, i) => f.offset === b.fields[i]?.offset && f.size === b.fields[i]?.size);
}

function reason({ name, varies }: LaidField): string {
  if (varies === '64-bit') return `the 64-bit ${name} is aligned to 4 bytes there`;
  return `${name} ${varies === 'long' ? 'is a long, which' : 'is a pointer, which'} has 4 bytes there`;
}

/** Padding that was not there. */
function padded(name: string, before: LaidStruct | null, now: LaidStruct): Asked | null {
  const hole = now.holes.find((h) => !before?.holes.some((o) => o.after.name === h.after.name && o.bytes >= h.bytes));
  if (!hole) return null;
  const where = `behind ${hole.after.name} in struct ${name}`;
  return {
    property: 'implicit-padding', severity: 'low', field: hole.after, fact: `${hole.bytes} bytes ${where} belong to no field.`,
    question: `Are the ${hole.bytes} bytes of padding ${where} meant? No program has to set them, so they could not get a meaning later; a field for them could be checked.`,
  };
}
