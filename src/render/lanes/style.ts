/**
 * @module How an interleaving picture looks, in light and dark, on paper and on a phone. A page loads it as lanes.css, a stand-alone
 * picture has it within itself. Without characters that XML would need escaped.
 */

/** The style sheet. */
export const lanesStyle = `
.lanes {
  --ink: #1a1a1a; --faint: #595959; --ground: #ffffff; --line: #c9d0d8;
  --task: #2159a8; --softirq: #0d6b62; --hardirq: #94520a; --early: #94520a; --nmi: #7a2fa8; --user: #4c5866;
  --wrong: #b3151c;
  display: block; max-width: 100%; font: 12.5px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; color: var(--ink);
}
.lanes .ground { fill: var(--ground); }
.lanes text { fill: var(--ink); white-space: pre; paint-order: stroke; stroke: var(--ground); stroke-width: 3px; stroke-linejoin: round; }
.lanes .violates text, .lanes:not(.stepping) .step:target text, .lanes .step.current text { stroke: none; }
.lanes .narrow { display: none; }
.lanes .cpu { font-weight: 700; fill: var(--faint); }
.lanes .rule { stroke: var(--line); }
.lanes .task { --own: var(--task); }
.lanes .softirq { --own: var(--softirq); }
.lanes .hardirq { --own: var(--hardirq); }
.lanes .early { --own: var(--early); }
.lanes .nmi { --own: var(--nmi); }
.lanes .user { --own: var(--user); }
.lanes .lane, .lanes .turn { fill: var(--own); font-weight: 700; }
.lanes .runs { fill: var(--own); }
.lanes .waits { stroke: var(--own); stroke-width: 2; stroke-dasharray: 2 4; }
.lanes .arrow { stroke: var(--own); stroke-width: 2; }
.lanes .tip { fill: var(--own); }
.lanes .hold { fill: var(--faint); }
.lanes .dot { fill: var(--ground); stroke: var(--ground); stroke-width: 1; }
.lanes .dot.read, .lanes .dot.call, .lanes .dot.lock { fill-opacity: 0.55; stroke: none; }
.lanes .heading, .lanes .remark { fill: var(--faint); font-style: italic; }
.lanes .entry { font-weight: 700; }
.lanes .number { fill: var(--faint); font-size: 11px; }
.lanes a:hover .number { text-decoration: underline; }
.lanes .value .name, .lanes .value .old, .lanes .value .word { fill: var(--faint); }
.lanes .value .new { fill: var(--ink); }
.lanes .value .from { fill: var(--task); font-style: italic; }
.lanes .value.write .new { font-weight: 700; }
.lanes .frame { fill: none; stroke: none; }
.lanes .violates .frame { fill: var(--wrong); fill-opacity: 0.09; stroke: var(--wrong); }
.lanes .violates .note { fill: var(--wrong); font-weight: 700; }
.lanes .wrong { fill: var(--wrong); stroke: var(--ground); stroke-width: 1.5; }
.lanes .cross { stroke: #ffffff; stroke-width: 2.2; fill: none; }
.lanes:not(.stepping) .step:target .frame, .lanes .step.current .frame { fill: var(--task); fill-opacity: 0.14; stroke: var(--task); stroke-width: 1.5; }
.lanes:not(.stepping) .violates.step:target .frame, .lanes .violates.step.current .frame { fill: var(--wrong); fill-opacity: 0.2; stroke: var(--wrong); stroke-width: 2.5; }
.lanes .later { opacity: 0.28; }
@container (max-width: 689px) {
  .lanes .wide { display: none; }
  .lanes .narrow { display: inline; }
}
@media (prefers-color-scheme: dark) {
  .lanes {
    --ink: #dedede; --faint: #a0a0a0; --ground: #151515; --line: #3a434e;
    --task: #7db2f5; --softirq: #4fc4b3; --hardirq: #e2a458; --early: #e2a458; --nmi: #cf9df2; --user: #a9b5c2;
    --wrong: #ff8f89;
  }
  .lanes .cross { stroke: #151515; }
}
@media print {
  .lanes {
    --ink: #000000; --faint: #444444; --ground: #ffffff; --line: #bbbbbb;
    --task: #2159a8; --softirq: #0d6b62; --hardirq: #94520a; --early: #94520a; --nmi: #7a2fa8; --user: #4c5866;
    --wrong: #b3151c;
  }
  .lanes .runs, .lanes .tip, .lanes .wrong { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .lanes .cross { stroke: #ffffff; }
  .lanes .later { opacity: 1; }
}
`;
