/** @module Rule: a name of user space gets another value, or an ioctl a number that 32-bit programs do not have. */
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { ioctls, lineSpot, uapiValues } from '../src/analysis/uapi.js';

interface Renumbered extends Hazard {
  readonly question: string;
}

export const uapiNumber = rule<Renumbered>({
  id: 'uapi-number',
  summary: 'A constant or an ioctl of user space gets another number, or one that differs for 32-bit programs.',
  why: 'Programs that are built already have the old number in them. The number of an ioctl contains the size of its argument, so that a type of another size on 32 bit makes it another ioctl there.',
  evidence: 'static',
  gaps: 'Only values that are known: macros with arguments, limits, and names that the patch takes away are not looked at.',
  origin: 'Documentation/driver-api/ioctl.rst and Documentation/process/botching-up-ioctls.rst.',
  fires: [
    {
      name: 'a mode before another one', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ path: 'include/uapi/linux/kcov.h', find: '\tKCOV_TRACE_PC = 0,\n\tKCOV_TRACE_CMP = 1,\n', replace: '\tKCOV_TRACE_PC,\n\tKCOV_TRACE_EDGE,\n\tKCOV_TRACE_CMP, //~ uapi-number\n' }],
    },
    {
      name: 'an ioctl that says more of its direction', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ path: 'include/uapi/linux/kcov.h', find: "#define KCOV_REMOTE_ENABLE _IOW('c', 102, struct kcov_remote_arg)\n", replace: "#define KCOV_REMOTE_ENABLE _IOWR('c', 102, struct kcov_remote_arg) //~ uapi-number\n" }],
    },
    {
      name: 'a new ioctl with a long in its number', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ path: 'include/uapi/linux/kcov.h', find: "#define KCOV_ENABLE _IO('c', 100)\n", replace: "#define KCOV_RESET _IOW('c', 2, unsigned long) //~ uapi-number\n#define KCOV_ENABLE _IO('c', 100)\n" }],
    },
  ],
  silent: [
    {
      name: 'a mode behind the others, and a value written another way', on: 'model', scenarios: ['section-in-kthread'],
      edits: [
        { path: 'include/uapi/linux/kcov.h', find: '\tKCOV_TRACE_PC = 0,\n\tKCOV_TRACE_CMP = 1,\n', replace: '\tKCOV_TRACE_PC,\n\tKCOV_TRACE_CMP,\n\tKCOV_TRACE_EDGE,\n' },
        { path: 'include/uapi/linux/kcov.h', find: '#define KCOV_REMOTE_MAX_HANDLES 0x100\n', replace: '#define KCOV_REMOTE_MAX_HANDLES 256\n' },
      ],
    },
    {
      name: 'a larger limit', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ path: 'include/uapi/linux/kcov.h', find: '#define KCOV_REMOTE_MAX_HANDLES 0x100\n', replace: '#define KCOV_REMOTE_MAX_HANDLES 0x200\n' }],
    },
    {
      name: 'a new ioctl with a type of one size', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ path: 'include/uapi/linux/kcov.h', find: "#define KCOV_ENABLE _IO('c', 100)\n", replace: "#define KCOV_RESET _IOW('c', 2, __u64)\n#define KCOV_ENABLE _IO('c', 100)\n" }],
    },
  ],
  check: (subject: Subject) => [...renumbered(subject), ...wordSized(subject)],
  question: (found) => found.question,
});

/** What grows with a list or is a limit may get larger. */
const BOUND = /(?:^|_)(?:MAX|MIN|COUNT|NUM|NR|LAST|END|LIMIT|SIZE|LEN|VERSION)(?:_|$)/u;

/** Names whose value is another one than before; the first speaks for those of its file that follow. */
function renumbered(subject: Subject): Renumbered[] {
  const before = uapiValues(subject.pre);
  const changed = [...uapiValues(subject.post).values()].flatMap((now) => {
    const old = before.get(now.name);
    const spot = lineSpot(subject.post, now.path, now.line);
    return old && old.value !== now.value && spot.inDiff && !BOUND.test(now.name) ? [{ now, old, spot }] : [];
  });
  return changed.filter(({ now }, i) => changed.findIndex((c) => c.now.path === now.path) === i).map(({ now, old, spot }): Renumbered => {
    const others = changed.filter((c) => c.now.path === now.path && c.now.name !== now.name);
    const fact = `${now.name} was ${old.value} and is ${now.value}`;
    return {
      property: 'renumbered', status: 'new', severity: 'high', spot, labels: others.map((o) => ({ spot: o.spot, text: 'this one too' })), cause: `renumbered ${now.name}`,
      question: `Do programs that are built already still mean the same? ${fact}.`, support: [{ kind: 'static', text: `${fact}.` }],
    };
  });
}

const LONG = /^(?:unsigned |signed )?long(?: int)?$|^(?:s?size_t|__kernel_u?long_t|uintptr_t)$/u;

/** New ioctls whose number contains the size of a long or a pointer. */
function wordSized(subject: Subject): Renumbered[] {
  const known = new Set(ioctls(subject.pre.program).map((i) => i.name));
  return ioctls(subject.post.program).flatMap(({ name, argument, macro }): Renumbered[] => {
    const spot = lineSpot(subject.post, macro.place.path, macro.place.line);
    if (known.has(name) || !spot.inDiff || !(LONG.test(argument) || argument.endsWith('*'))) return [];
    const fact = `The number of ${name} contains the size of ${argument}, which is 4 on 32 bit and 8 on 64 bit.`;
    return [{
      property: 'abi-dependent-number', status: 'new', severity: 'medium', spot, labels: [], cause: `number of ${name}`,
      question: `Can a 32-bit program reach this on a 64-bit kernel? ${fact}`, support: [{ kind: 'static', text: fact }],
    }];
  });
}
