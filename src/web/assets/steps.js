/* Steps through the interleaving of a finding: with the arrow keys, with buttons, by links to steps. Without it all steps are shown. */
(() => {
  'use strict';
  const figure = document.querySelector('figure.steps');
  const picture = figure?.querySelector('svg.lanes');
  if (!picture) return;
  const steps = [...picture.querySelectorAll('.step')];
  const lines = [...document.querySelectorAll('.code [data-steps]')];
  const controls = figure.querySelector('.controls');
  const said = controls.querySelector('output');
  const buttons = new Map([...controls.querySelectorAll('button')].map((button) => [button.dataset.go, button]));
  /** Index of the step that is looked at; -1 when all are. */
  let at = -1;

  /** Index of the step that the address names; -1 when it names none. */
  const named = () => steps.findIndex((step) => `#${step.id}` === location.hash);

  const isHidden = (box) => box.top < controls.getBoundingClientRect().bottom || box.bottom > innerHeight;

  const mark = () => {
    picture.classList.toggle('stepping', at >= 0);
    steps.forEach((step, i) => {
      step.classList.toggle('current', i === at);
      step.classList.toggle('later', at >= 0 && i > at);
    });
    for (const line of lines) line.classList.toggle('current', line.dataset.steps.split(' ').includes(String(at + 1)));
  };

  const follow = () => {
    const box = steps[at].getBoundingClientRect();
    if (isHidden(box)) scrollBy({ top: box.top - innerHeight / 3 });
    const line = lines.find((one) => one.classList.contains('current'));
    const panel = line?.closest('.code');
    if (!panel || panel.scrollHeight <= panel.clientHeight) return;
    const [own, around] = [line.getBoundingClientRect(), panel.getBoundingClientRect()];
    if (own.top < around.top || own.bottom > around.bottom) panel.scrollTop += own.top - around.top - around.height / 3;
  };

  const go = (to) => {
    at = Math.max(-1, Math.min(steps.length - 1, to));
    mark();
    said.textContent = at < 0 ? `${steps.length} steps` : `Step ${at + 1} of ${steps.length}`;
    buttons.get('back').disabled = at === 0;
    buttons.get('on').disabled = at === steps.length - 1;
    if (at < 0) return;
    const text = steps[at].querySelector('title').textContent;
    picture.setAttribute('aria-description', text);
    said.title = text;
    follow();
  };

  /** As go(), and the address says so: it can be copied, and Back does not walk through all steps. */
  const show = (to) => {
    go(to);
    history.replaceState(null, '', at < 0 ? location.pathname + location.search : `#${steps[at].id}`);
  };

  const moves = {
    first: () => show(0), last: () => show(steps.length - 1), all: () => show(-1),
    back: () => show(at < 0 ? steps.length - 1 : Math.max(0, at - 1)), on: () => show(at + 1),
  };
  const keys = { ArrowRight: 'on', ArrowLeft: 'back', Home: 'first', End: 'last', Escape: 'all' };

  /** Where keys move a cursor or scroll, they do that. */
  const isTaken = ({ target, key }) => target.closest?.('input, select, textarea, pre') || ((key === 'Home' || key === 'End') && !figure.contains(target));

  controls.hidden = false;
  for (const [name, button] of buttons) button.addEventListener('click', moves[name]);
  addEventListener('keydown', (event) => {
    const move = keys[event.key] ?? (figure.contains(event.target) ? { ArrowDown: 'on', ArrowUp: 'back' }[event.key] : undefined);
    if (!move || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || isTaken(event)) return;
    if (move === 'all' && at < 0) return;
    event.preventDefault();
    moves[move]();
  });
  addEventListener('hashchange', () => go(named()));
  go(named());
})();

/* Copies a text to the clipboard, where the browser lets a page do that; else selects it. */
for (const button of document.querySelectorAll('button[data-copy]')) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = document.execCommand('copy') ? 'Copied' : 'Selected: copy it with your keys';
    }
  });
}
