// Renews the figures in place every five seconds: the page keeps its scroll position and its ticks, and does not flicker.
"use strict";
const figures = document.getElementById("operations");
async function renew() {
  try {
    const answer = await fetch(window.location.href, {
      credentials: "same-origin",
      headers: { "X-Renews-Itself": "1" }, // does not keep the session of an officer who has gone alive
    });
    if (answer.redirected || !answer.ok) return window.location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const ticked = new Set([...figures.querySelectorAll(":checked")].map((box) => box.value));
    figures.replaceChildren(...page.getElementById("operations").childNodes);
    for (const box of figures.querySelectorAll("[type=checkbox]")) box.checked = ticked.has(box.value);
    figures.classList.remove("stale");
  } catch {
    figures.classList.add("stale"); // the server is away: what is shown is old
  }
  setTimeout(renew, 5000);
}
setTimeout(renew, 5000);
