/** @module Rule: memory that user space can write is read a second time by the same call. */
import { statementSpot } from '../src/analysis/changed.js';
import { doubleReads } from '../src/analysis/double-reads.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';

interface Refetched extends Hazard {
  readonly read: string;
  readonly local: string | null;
}

export const doubleFetch = rule<Refetched>({
  id: 'double-fetch',
  summary: 'Memory that user space maps is read a second time in one call, which read it once before.',
  why: 'User space can write to it between the two reads. What the first one was checked for need not be true of the second.',
  evidence: 'observation',
  gaps: 'Two functions that read the same memory are not compared, and neither are two turns of a loop. Whether the values matter to each other is not known.',
  origin: 'memdup_user() and the copy of num_handles that it is compared with in kcov_ioctl(), kernel/kcov.c, 5.5 to 6.12: what was read a second time is checked against the first.',
  fires: [{
    name: 'the index is made of a count of its own', on: 'model', scenarios: ['comparisons'],
    edits: [{ find: '\tstart_index = 1 + count * KCOV_WORDS_PER_CMP;\n', replace: '\tstart_index = 1 + READ_ONCE(area[0]) * KCOV_WORDS_PER_CMP; //~ double-fetch\n' }],
  }],
  silent: [{
    name: 'what the call wrote itself is read back', on: 'model', scenarios: ['comparisons'],
    edits: [{ find: '\t\tWRITE_ONCE(area[0], count + 1);\n', replace: '\t\tWRITE_ONCE(area[0], count + 1);\n\t\tcount = READ_ONCE(area[0]);\n' }],
  }, {
    name: 'either side of a branch reads it', on: 'model', scenarios: ['comparisons'],
    edits: [{ find: '\tcount = READ_ONCE(area[0]);\n', replace: '\tif (type)\n\t\tcount = READ_ONCE(area[0]);\n\telse\n\t\tcount = READ_ONCE(area[0]);\n' }],
  }],
  check(subject: Subject): Refetched[] {
    const before = new Set(doubleReads(subject, 'pre').map((read) => read.function));
    return doubleReads(subject, 'post').filter((read) => !before.has(read.function)).flatMap((read): Refetched[] => {
      const [first, second] = [read.first, read.second].map((statement) => statementSpot(subject, read.function, statement));
      const spot = second?.added ? second : first;
      if (!first || !second || !spot?.added) return [];
      return [{
        property: 'double-fetch', status: 'new', severity: 'medium', spot, labels: [{ spot: spot === second ? first : second, text: spot === second ? 'read before' : 'read again' }],
        support: [{ kind: 'observation', scenario: null, text: `One call reads ${read.text} twice, in memory that was allocated for user space to map.` }],
        cause: `fetched twice ${read.function}: ${read.text}`, read: read.text, local: read.local,
      }];
    });
  },
  question: ({ read, local }) => `Can user space change \`${read}\` between the two reads of it? It maps this memory, so that the second may give another value than the first.${local === null ? '' : ` Should \`${local}\` be used for both?`}`,
});
