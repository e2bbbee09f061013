"use strict";

// Shows every second how far an import is, until it has ended.
document.addEventListener("DOMContentLoaded", () => {
  const job = document.getElementById("import-job");
  if (!job || job.dataset.finished === "true") return;

  async function look() {
    try {
      const response = await fetch(job.dataset.progress, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      const now = await response.json();
      if (now.finished) return window.location.reload();
      job.querySelector("progress").max = now.total;
      job.querySelector("progress").value = now.done;
      for (const shown of job.querySelectorAll("[data-name]")) shown.textContent = now[shown.dataset.name];
    } catch {
      // The next look may succeed.
    }
  }

  setInterval(look, 1000);
});
