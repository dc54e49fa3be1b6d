/**
 * @module What a process did, as figures in the text format of Prometheus
 * (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4). Counted from its start; nothing of it is kept.
 */

/** Labels of one series, in the order they are written. */
export type Labels = Readonly<Record<string, string>>;

/** Upper bounds of buckets, in seconds: from a request to a long review. */
const BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600] as const;

interface Histogram {
  readonly labels: Labels;
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Series of one name. */
interface Family {
  readonly help: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly values: Map<string, { readonly labels: Labels; value: number }>;
  readonly histograms: Map<string, Histogram>;
}

/** A value that is read when it is asked for. */
export type Gauge = () => Promise<readonly { readonly labels: Labels; readonly value: number }[]>;

export class Metrics {
  readonly #families = new Map<string, Family>();
  readonly #gauges: { readonly name: string; readonly help: string; readonly read: Gauge }[] = [];

  /** Adds to a counter, whose name ends in _total. */
  count(name: string, help: string, { labels = {}, by = 1 }: { labels?: Labels; by?: number } = {}): void {
    const { values } = this.#family(name, help, 'counter');
    const known = values.get(keyOf(labels));
    if (known) known.value += by;
    else values.set(keyOf(labels), { labels, value: by });
  }

  /** Adds one time to a histogram, whose name ends in _seconds. */
  observe(name: string, help: string, { labels = {}, seconds }: { labels?: Labels; seconds: number }): void {
    const { histograms } = this.#family(name, help, 'histogram');
    const one = histograms.get(keyOf(labels)) ?? { labels, counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
    histograms.set(keyOf(labels), one);
    BUCKETS.forEach((bound, i) => { if (seconds <= bound) one.counts[i] = (one.counts[i] ?? 0) + 1; });
    one.sum += seconds;
    one.count += 1;
  }

  /** How long something takes, whether it succeeds or not. */
  async timed<T>(name: string, { help, labels }: { help: string; labels: Labels }, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.observe(name, help, { labels, seconds: (performance.now() - began) / 1000 });
    }
  }

  /** A gauge that is read each time the text is made; one that cannot be read is left out. */
  gauge(name: string, help: string, read: Gauge): void {
    this.#gauges.push({ name, help, read });
  }

  /** All of it as text. */
  async text(): Promise<string> {
    const lines: string[] = [];
    for (const { name, help, read } of this.#gauges) {
      const values = await read().catch(() => []);
      lines.push(...heading(name, help, 'gauge'), ...values.map(({ labels, value }) => sample(name, labels, value)));
    }
    for (const [name, { help, kind, values, histograms }] of this.#families) {
      lines.push(...heading(name, help, kind), ...[...values.values()].map(({ labels, value }) => sample(name, labels, value)), ...[...histograms.values()].flatMap((one) => samplesOf(name, one)));
    }
    return `${lines.join('\n')}\n`;
  }

  #family(name: string, help: string, kind: Family['kind']): Family {
    const family = this.#families.get(name) ?? { help, kind, values: new Map(), histograms: new Map() };
    this.#families.set(name, family);
    return family;
  }
}

const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels));

function heading(name: string, help: string, kind: Family['kind']): string[] {
  return [`# HELP ${name} ${help.replace(/\\/gu, '\\\\').replace(/\n/gu, '\\n')}`, `# TYPE ${name} ${kind}`];
}

function sample(name: string, labels: Labels, value: number): string {
  const inside = Object.entries(labels).map(([key, text]) => `${key}="${text.replace(/\\/gu, '\\\\').replace(/"/gu, '\\"').replace(/\n/gu, '\\n')}"`);
  return `${name}${inside.length === 0 ? '' : `{${inside.join(',')}}`} ${value}`;
}

function samplesOf(name: string, { labels, counts, sum, count }: Histogram): string[] {
  return [
    ...BUCKETS.map((bound, i) => sample(`${name}_bucket`, { ...labels, le: String(bound) }, counts[i] ?? 0)),
    sample(`${name}_bucket`, { ...labels, le: '+Inf' }, count), sample(`${name}_sum`, labels, sum), sample(`${name}_count`, labels, count),
  ];
}
