// Bring the page up to date every half minute, and leave alone what somebody works in.
// Without this script the page is the same; it only has to be reloaded by hand.
"use strict";

const EVERY = 30_000;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [here, there] = [document, fresh].map((page) => page.querySelectorAll("[data-refresh]"));
  if (here.length !== there.length) return;
  here.forEach((part, place) => {
    if (!isWorkedIn(part)) part.replaceWith(there[place]);
  });
}

// The focus is there, or words are selected, perhaps to be copied.
function isWorkedIn(part) {
  const chosen = getSelection();
  return part.contains(document.activeElement)
    || (!chosen.isCollapsed && chosen.containsNode(part, true));
}

if (document.querySelector("[data-refresh]")) {
  // What was just done need not be said again.
  if (location.search.includes("did=")) history.replaceState(null, "", location.pathname);
  setInterval(() => refresh().catch(() => {}), EVERY);
}
