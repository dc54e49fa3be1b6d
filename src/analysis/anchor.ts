/**
 * @module A place on the diff for hazards whose own statement the diff does not show: a patch may change one condition and
 * what follows shows far away. The question then stands under what the patch changed and the execution passed.
 */
import { chainOf } from './chain.js';
import { replayOf } from './replays.js';
import type { Hazard, Support } from './rule.js';
import type { Spot } from './spot.js';
import type { Subject } from './subject.js';

type Counterexample = Support & { readonly kind: 'counterexample' };

/** The hazard itself where the diff shows it; else at the added statement that its execution passed last, its own place a label. */
export function anchored<H extends Hazard>(subject: Subject, hazard: H): H {
  if (hazard.status !== 'new' || hazard.spot.inDiff) return hazard;
  const anchor = hazard.labels.find(({ spot }) => spot.added)?.spot ?? passed(subject, hazard);
  if (!anchor) return hazard;
  const labels = [{ spot: hazard.spot, text: 'shows at' }, ...hazard.labels.filter(({ spot }) => spot.text !== anchor.text)];
  return { ...hazard, spot: anchor, labels, cause: `${hazard.property} ${anchor.function} ${anchor.text}` };
}

/** The added statement that the violating context passed last, else any context; null when none did. */
function passed(subject: Subject, hazard: Hazard): Spot | null {
  const support = hazard.support.find((s): s is Counterexample => s.kind === 'counterexample');
  if (!support) return null;
  const { code, scenario, found } = support;
  const events = replayOf(code, scenario, found).events.filter((e) => e.frames.length > 0 && !e.setUp);
  const spots = events.map((e) => ({ actor: e.actor, spot: chainOf(subject.post.images, code, e.frames).inner })).filter(({ spot }) => spot.added);
  const own = spots.findLast(({ actor }) => actor === found.violation.at.actor);
  return (own ?? spots.at(-1))?.spot ?? null;
}
