// Shows how far a review is, and loads the page again at its end. Without it the page loads itself again.
'use strict';
for (const element of document.querySelectorAll('[data-events]')) {
  const events = new EventSource(element.dataset.events);
  events.addEventListener('progress', (event) => {
    const { standing } = JSON.parse(event.data);
    if (element.textContent !== standing) element.textContent = standing;
  });
  events.addEventListener('end', () => {
    events.close();
    location.reload();
  });
}
