// Keeps a page's live part as new as the sandbox's data, without a reload: it asks for the part
// every two seconds, and puts it in place where it has changed. A hidden page asks for nothing.

const INTERVAL = 2000;
const live = document.getElementById("live");
const status = document.getElementById("status");
let etag = live && `"${live.dataset.etag}"`;
let isPressed = false;
let timer = 0;

function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

function nameOf(element) {
  return element.id || element.getAttribute("href") || element.getAttribute("data-key");
}

function findByName(name) {
  return [...live.querySelectorAll("[id], [href], [data-key]")].filter((each) => nameOf(each) === name);
}

// A picture and a list may lead to the same: then their order tells them apart.
function keyOf(element) {
  const name = nameOf(element);
  return { name, place: findByName(name).indexOf(element) };
}

function findByKey({ name, place }) {
  const found = findByName(name);
  return found[Math.min(place, found.length - 1)];
}

// Nothing is swapped under a pressed mouse, or while text in it is selected.
function isBusy() {
  const selection = getSelection();
  return isPressed || (!selection.isCollapsed && live.contains(selection.anchorNode));
}

// What the reader has opened, scrolled or focused stays so.
function replace(html) {
  const focused = live.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  const opened = [...live.querySelectorAll("details[open]")].map(keyOf);
  const scrolled = [...live.querySelectorAll(".scroll")].map((each) => [each.scrollLeft, each.scrollTop]);
  live.innerHTML = html;
  opened.map(findByKey).forEach((each) => each && (each.open = true));
  live.querySelectorAll(".scroll").forEach((each, index) => {
    if (scrolled[index]) [each.scrollLeft, each.scrollTop] = scrolled[index];
  });
  if (focused) findByKey(focused)?.focus({ preventScroll: true });
}

async function refresh() {
  clearTimeout(timer);
  if (document.hidden) return;
  const headers = { "X-Fragment": "live", "If-None-Match": etag };
  try {
    const answer = await fetch(location.href, { headers, signal: AbortSignal.timeout(10000) });
    if (answer.status === 200) {
      const html = await answer.text();
      if (!isBusy()) {
        etag = answer.headers.get("ETag");
        replace(html);
      }
      say(live.querySelector("[data-summary]")?.dataset.summary ?? "");
    } else if (answer.status === 304) {
      say(live.querySelector("[data-summary]")?.dataset.summary ?? "");
    } else {
      say("This page cannot be refreshed: reload it.");
    }
  } catch {
    say("The sandbox does not answer. Start it again: workshop sandbox");
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, INTERVAL);
}

if (live && live.querySelector("[data-summary]")) {
  document.addEventListener("visibilitychange", refresh);
  document.addEventListener("pointerdown", () => (isPressed = true));
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (isPressed = false));
  refresh();
}
