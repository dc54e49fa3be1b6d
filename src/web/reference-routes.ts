/** @module The pages that are the same for every review: rules, scenarios. What they are made of is loaded when it is asked for first. */
import type { WebApp } from './app.js';
import { show } from './show.js';

/** Adds them. */
export function addReferenceRoutes(app: WebApp): void {
  app.get('/rules', async (c) => {
    const [{ rules }, { rulesMain }] = await Promise.all([import('../../rules/index.js'), import('./rule-pages.js')]);
    return show(c, { title: 'Rules', under: '/rules', main: rulesMain(rules) });
  });
  app.get('/rules/:id', async (c) => {
    const [{ rules }, { ruleMain }] = await Promise.all([import('../../rules/index.js'), import('./rule-pages.js')]);
    const rule = rules.find(({ id }) => id === c.req.param('id'));
    return rule ? show(c, { title: rule.id, under: '/rules', main: ruleMain(rule) }) : await c.notFound();
  });
  app.get('/matrix', async (c) => {
    const [{ scenarios }, { matrixMain }] = await Promise.all([import('../../simulator/scenario/index.js'), import('./matrix-page.js')]);
    return show(c, { title: 'Scenarios', under: '/matrix', main: matrixMain(scenarios) });
  });
}
