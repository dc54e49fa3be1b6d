/** @module The names of a trace that the kernel does not have, in one sentence: devices, their areas, buffers of sections. */
import type { Review } from '../review/review.js';

/** "In traces kcovA and areaA are device A and its area, area0 is the buffer of a section." '' where none of them occurs. */
export function namesInWords({ findings, taskState }: Review): string {
  const asked = findings.filter((finding) => finding.asked);
  const values = [
    ...asked.flatMap((finding) => finding.evidence).flatMap((one) => one.trace).flatMap((row) => [row.old, row.new]),
    ...(asked.length > 0 ? taskState.flatMap((row) => Object.values(row.values)) : []),
  ];
  const seen = (form: RegExp): string | undefined => values.flatMap((value) => form.exec(value ?? '')?.[0] ?? []).sort().at(0);
  const device = seen(/\bkcov[A-Z]\b/u);
  const area = seen(/\barea[A-Z]\b/u);
  const buffer = seen(/\barea\d+\b/u);
  const name = (device ?? area)?.slice(-1);
  const parts = [
    ...(device && area?.endsWith(name ?? '') ? [`${device} and ${area} are device ${name} and its area`] : device ? [`${device} is device ${name}`] : area ? [`${area} is the area of device ${name}`] : []),
    ...(buffer ? [`${buffer} is the buffer of a section`] : []),
  ];
  return parts.length === 0 ? '' : `In traces ${parts.join(', ')}.`;
}
