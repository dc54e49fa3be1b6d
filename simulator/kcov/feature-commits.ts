/**
 * @module The commits of Linux that brought what kcov can do, with the first release that has each. Fixes of kcov name them
 * in their Fixes: tags. Source: git history of kernel/kcov.c; dates of releases as kernel.org lists them.
 */

export interface FeatureCommit {
  /** First twelve digits of the commit's id. */
  readonly id: string;
  /** First release that has it. */
  readonly release: string;
  /** Day on which that was released, such as 2020-01-26. */
  readonly released: string;
}

/** Oldest first. */
export const featureCommits: readonly FeatureCommit[] = [
  // kernel: add kcov code coverage
  { id: '5c9a8750a640', release: 'v4.6', released: '2016-05-15' },
  // kcov: support comparison operands collection
  { id: 'ded97d2c2b2c', release: 'v4.15', released: '2018-01-28' },
  // kcov: remote coverage support
  { id: 'eec028c9386e', release: 'v5.5', released: '2020-01-26' },
  // kcov: collect coverage from interrupts
  { id: '5ff3b30ab57d', release: 'v5.8', released: '2020-08-02' },
];
