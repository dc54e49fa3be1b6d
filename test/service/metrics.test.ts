/** @module Figures in the text format of Prometheus. */
import { expect, test } from 'vitest';
import { Metrics } from '../../src/service/metrics.js';

test('counters, histograms and gauges, with labels that are escaped; a gauge that cannot be read is left out', async () => {
  const metrics = new Metrics();
  metrics.count('a_total', 'Of a.', { labels: { kind: 'x"\n\\y' } });
  metrics.count('a_total', 'Of a.', { labels: { kind: 'x"\n\\y' }, by: 2 });
  metrics.observe('b_seconds', 'Of b.', { labels: { stage: 'say' }, seconds: 0.02 });
  metrics.observe('b_seconds', 'Of b.', { labels: { stage: 'say' }, seconds: 7000 });
  metrics.gauge('c', 'Of c.', () => Promise.resolve([{ labels: { state: 'waiting' }, value: 4 }]));
  metrics.gauge('d', 'Of d.', () => Promise.reject(new Error('no store')));
  const lines = (await metrics.text()).split('\n');
  expect(lines.filter((line) => !line.includes('_bucket'))).toEqual([
    '# HELP c Of c.', '# TYPE c gauge', 'c{state="waiting"} 4', '# HELP d Of d.', '# TYPE d gauge',
    '# HELP a_total Of a.', '# TYPE a_total counter', 'a_total{kind="x\\"\\n\\\\y"} 3',
    '# HELP b_seconds Of b.', '# TYPE b_seconds histogram', 'b_seconds_sum{stage="say"} 7000.02', 'b_seconds_count{stage="say"} 2', '',
  ]);
  const buckets = lines.filter((line) => line.includes('_bucket'));
  expect([buckets[0], buckets[1], buckets.at(-2), buckets.at(-1)]).toEqual([
    'b_seconds_bucket{stage="say",le="0.01"} 0', 'b_seconds_bucket{stage="say",le="0.05"} 1', 'b_seconds_bucket{stage="say",le="3600"} 1', 'b_seconds_bucket{stage="say",le="+Inf"} 2',
  ]);
});
