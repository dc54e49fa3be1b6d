/** @module HTML of ours: what comes from outside is text in it, whatever it is. */
import { describe, expect, test } from 'vitest';
import { html, nothing } from '../../src/web/html.js';

describe('html', () => {
  test('escapes all but its own', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(String(html`<p title="${'"\'&'}">${inner}${[html`<hr>`, 'a<b', 3]}${null}${undefined}${false}${nothing}</p>`))
      .toBe('<p title="&quot;&#39;&amp;"><b>&lt;i&gt;</b><hr>a&lt;b3</p>');
  });

  test('shows what would move other text', () => {
    expect(String(html`<pre>${'a\u202eb\u0000\r\nc\td'}</pre>`)).toBe('<pre>a\\u202eb\\x00\\x0d\nc\td</pre>');
  });
});
